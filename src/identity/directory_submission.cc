// SPDX-License-Identifier: Apache-2.0
// The checks of a submitted batch, row by row.
#include "identity/directory_submission.h"

#include <fmt/format.h>

#include <algorithm>

namespace farshore::identity {
namespace {

constexpr std::size_t kUidSize = 16;
constexpr std::size_t kEntityIdSize = 18;

Error malformed(std::string_view what) { return Error(ErrorCode::kProtocolViolation, fmt::format("a submitted directory batch {}", what)); }
Error denied(const RegionId& from, std::string_view what) {
  return Error(ErrorCode::kAccessDenied, fmt::format("the region {} may not change {}", from.get(), what));
}

class Judge {
 public:
  Judge(const Directory& view, const DirectoryBatch& batch, const RegionId& from) : view_(view), batch_(batch), from_(from) {}

  Result<void> row(const DirectoryBatch::Mutation& mutation) const {
    const BytesView rest = BytesView(mutation.key).substr(1);
    switch (mutation.key.front()) {
      case 'A': return whole<AccountEntry>(mutation, AccountUid(std::string(rest)), [](const AccountEntry& e) { return account_row(e.uid); });
      case 'U': return user(mutation, uid_in(rest));
      case 'K': return access_key(mutation, view_.access_key(AccessKeyId(std::string(rest))));
      case 'R': return role(mutation, uid_in(rest));
      case 'P': return whole<PolicyEntry>(mutation, uid_in(rest), [](const PolicyEntry& e) { return policy_row(e.account, e.name); });
      case 'T': return attachment(mutation, rest);
      case 'B': return bucket(mutation, view_.bucket(BucketName(std::string(rest))));
      case 'M': return minting_key(mutation, rest);
      default: return malformed("writes a row of an unknown class");
    }
  }

 private:
  static AccountUid uid_in(BytesView rest) { return AccountUid(std::string(rest.substr(0, kUidSize))); }

  Result<void> accepted(const AccountUid& uid) const {
    if (const AccountEntry* account = view_.account(uid)) {
      if (account->accepts(from_)) return {};
      return denied(from_, fmt::format("the account {}, which is limited to other regions", uid.get()));
    }
    const Bytes row = account_row(uid);
    const bool made = std::any_of(batch_.mutations.begin(), batch_.mutations.end(), [&](const auto& one) { return one.entry && one.key == row; });
    if (made) return {};
    return denied(from_, fmt::format("the account {}, which does not exist", uid.get()));
  }

  /// The entry, if there is one: decoded, and under the key that it names.
  template <class Entry, class KeyOf>
  Result<std::optional<Entry>> read(const DirectoryBatch::Mutation& mutation, KeyOf key_of) const {
    if (!mutation.entry) return std::optional<Entry>();
    auto entry = decode_entry<Entry>(*mutation.entry);
    if (!entry) return malformed("holds an entry that cannot be decoded");
    if (key_of(*entry) != mutation.key) return malformed("holds an entry under another one's key");
    return std::optional<Entry>(*std::move(entry));
  }

  /// For rows whose account stands in the key.
  template <class Entry, class KeyOf>
  Result<void> whole(const DirectoryBatch::Mutation& mutation, const AccountUid& uid, KeyOf key_of) const {
    if (uid.get().size() != kUidSize) return malformed("names an account without a uid");
    TRY(const auto entry, read<Entry>(mutation, key_of));
    if constexpr (requires { entry->account; }) {
      if (entry && entry->account != uid) return malformed("holds an entry under another account's key");
    }
    return accepted(uid);
  }

  Result<void> user(const DirectoryBatch::Mutation& mutation, const AccountUid& uid) const {
    const auto key_of = [](const UserEntry& e) { return user_row(e.account, e.name); };
    TRY_OK(whole<UserEntry>(mutation, uid, key_of));
    TRY(const auto entry, read<UserEntry>(mutation, key_of));
    const UserEntry* other = entry ? view_.user(entry->id) : nullptr;
    if (other != nullptr && other->account != uid) return denied(from_, "the user of another account, whose id it uses again");
    return {};
  }

  Result<void> role(const DirectoryBatch::Mutation& mutation, const AccountUid& uid) const {
    const auto key_of = [](const RoleEntry& e) { return role_row(e.account, e.name); };
    TRY_OK(whole<RoleEntry>(mutation, uid, key_of));
    TRY(const auto entry, read<RoleEntry>(mutation, key_of));
    const RoleEntry* other = entry ? view_.role(entry->id) : nullptr;
    if (other != nullptr && other->account != uid) return denied(from_, "the role of another account, whose id it uses again");
    return {};
  }

  Result<void> access_key(const DirectoryBatch::Mutation& mutation, const AccessKeyEntry* present) const {
    TRY(const auto entry, read<AccessKeyEntry>(mutation, [](const AccessKeyEntry& e) { return access_key_row(e.id); }));
    if (present != nullptr) TRY_OK(accepted(present->account));
    if (!entry) return {};
    if (present != nullptr && present->account != entry->account) return denied(from_, "the account of an access key");
    const UserEntry* owner = entry->user.get().empty() ? nullptr : view_.user(entry->user);
    if (owner != nullptr && owner->account != entry->account) return denied(from_, "the access keys of another account's user");
    return accepted(entry->account);
  }

  Result<void> attachment(const DirectoryBatch::Mutation& mutation, BytesView rest) const {
    TRY(const auto entry, read<AttachmentEntry>(mutation, [](const AttachmentEntry& e) { return attachment_row(e.kind, e.entity, e.type, e.policy); }));
    if (rest.size() < 2 + kEntityIdSize) return malformed("names an attachment of no entity");
    const std::string entity(rest.substr(1, kEntityIdSize));
    const auto type = static_cast<PolicyType>(rest[1 + kEntityIdSize]);
    const auto kind = static_cast<EntityKind>(rest[0]);
    if (!entry) {
      const AttachmentEntry* present = view_.attachment(kind, entity, type, rest.substr(2 + kEntityIdSize));
      return present == nullptr ? Result<void>() : accepted(present->account);
    }
    const UserEntry* user = kind == EntityKind::kUser ? view_.user(UserId(entity)) : nullptr;
    const RoleEntry* role = kind == EntityKind::kRole ? view_.role(RoleId(entity)) : nullptr;
    if (entry->entity != entity || (user == nullptr && role == nullptr)) return denied(from_, "the policies of an entity that does not exist");
    if (entry->account != (user != nullptr ? user->account : role->account)) return denied(from_, "the policies of another account's entity");
    return accepted(entry->account);
  }

  Result<void> bucket(const DirectoryBatch::Mutation& mutation, const BucketEntry* present) const {
    TRY(const auto entry, read<BucketEntry>(mutation, [](const BucketEntry& e) { return bucket_row(e.name); }));
    if ((present != nullptr && present->region != from_) || (entry && entry->region != from_)) return denied(from_, "a bucket of another region");
    return entry ? accepted(entry->owner) : Result<void>();
  }

  Result<void> minting_key(const DirectoryBatch::Mutation& mutation, BytesView region) const {
    TRY_OK(read<MintingKeyEntry>(mutation, [](const MintingKeyEntry& e) { return minting_key_row(e.region); }));
    if (region != from_.get()) return denied(from_, "the minting key of another region");
    return {};
  }

  const Directory& view_;
  const DirectoryBatch& batch_;
  const RegionId& from_;
};

}  // namespace

Result<void> check_submission(const Directory& view, const DirectoryBatch& batch, const RegionId& from) {
  const auto stale = [&](const DirectoryBatch::Expectation& one) { return view.version(one.key) != one.version; };
  if (std::any_of(batch.expectations.begin(), batch.expectations.end(), stale)) return {};
  const Judge judge(view, batch, from);
  std::size_t bytes = 0;
  for (const auto& mutation : batch.mutations) {
    bytes += mutation.key.size() + (mutation.entry ? mutation.entry->size() : 0) + 16;
    if (bytes > kSubmissionBytesMax) return malformed("is too large");
    if (mutation.key.empty()) return malformed("writes a row without a key");
    const auto same_row = [&](const auto& one) { return one.key == mutation.key; };
    if (!std::any_of(batch.expectations.begin(), batch.expectations.end(), same_row)) return malformed("changes a row of which it expects nothing");
    TRY_OK(judge.row(mutation));
  }
  return {};
}

}  // namespace farshore::identity
