// SPDX-License-Identifier: Apache-2.0
// Tables of the directory, their secondary order, and paging.
#include "identity/directory.h"

#include <algorithm>
#include <utility>

#include "identity/system_policies.h"
#include "model/policy_principal.h"

namespace farshore::identity {
namespace {

/// The name a listing goes on behind is the marker: what follows the prefix in the last row's key.
template <class Table>
auto page_of(const Table& table, const Bytes& prefix, const PageRequest& request) {
  Page<typename Table::mapped_type> page;
  auto at = request.marker.empty() ? table.lower_bound(prefix) : table.upper_bound(prefix + request.marker);
  for (; at != table.end() && at->first.starts_with(prefix); ++at) {
    if (page.items.size() == request.items_max) {
      if (!page.items.empty()) page.next_marker = std::prev(at)->first.substr(prefix.size());
      break;
    }
    page.items.push_back(at->second);
  }
  return page;
}

template <class Table>
const typename Table::mapped_type* look_up(const Table& table, BytesView key) {
  const auto found = table.find(key);
  return found == table.end() ? nullptr : &found->second;
}

template <class Table>
std::size_t count_rows(const Table& table, const Bytes& prefix) {
  std::size_t count = 0;
  for (auto at = table.lower_bound(prefix); at != table.end() && at->first.starts_with(prefix); ++at) ++count;
  return count;
}

Bytes owner_of_key(const AccountUid& account, const UserId& user) { return user.get().empty() ? account.get() : user.get(); }
Bytes policy_index(PolicyType type, const AccountUid& account, std::string_view policy) {
  return Bytes(1, static_cast<char>(type)) + account.get() + name_key(policy) + '\0';
}

/// What a policy that cannot be compiled means: nothing is allowed to its holders.
PolicyPointer deny_everything() {
  auto document = std::make_shared<PolicyDocument>();
  PolicyStatement& deny = document->statements.emplace_back();
  deny.effect = PolicyEffect::kDeny;
  deny.actions.emplace_back("*");
  deny.text = R"({"Effect":"Deny","Action":"*","Resource":"*"})";
  return document;
}

constexpr std::string_view kSystemFirst = "s";
constexpr std::string_view kCustomThen = "c";

}  // namespace

Directory::Directory() {
  for (PolicyEntry& policy : system_policies()) {
    Bytes key = name_key(policy.name);
    system_policies_.emplace(std::move(key), std::move(policy));
  }
}

std::optional<DirectorySequence> Directory::version(BytesView key) const {
  const auto found = versions_.find(Bytes(key));
  return found == versions_.end() ? std::nullopt : std::optional(found->second);
}

Result<void> Directory::apply(const Bytes& key, std::optional<BytesView> value) {
  if (key.empty() || key == directory_head_row()) return {};
  std::optional<StampedValue> stamped;
  if (value) {
    TRY(stamped, decode_stamped(*value));
  }
  const auto take = [&]<class Entry>(Table<Entry>& table, auto indexed) -> Result<void> {
    TRY(Entry entry, decode_entry<Entry>(stamped->entry));
    indexed(entry);
    table.insert_or_assign(key, std::move(entry));
    return {};
  };
  forget(key);
  if (!stamped) return {};
  const auto nothing = [](const auto&) {};
  Result<void> taken;
  switch (key.front()) {
    case 'A': taken = take(accounts_, nothing); break;
    case 'U': taken = take(users_, [&](const UserEntry& user) { users_by_id_[user.id.get()] = key; }); break;
    case 'K':
      taken = take(access_keys_,
                   [&](const AccessKeyEntry& one) { keys_by_owner_.insert(owner_of_key(one.account, one.user) + '\0' + one.id.get()); });
      break;
    case 'R': taken = take(roles_, [&](const RoleEntry& role) { roles_by_id_[role.id.get()] = key; }); break;
    case 'P': taken = take(policies_, nothing); break;
    case 'T':
      taken = take(attachments_, [&](const AttachmentEntry& one) {
        attachments_by_policy_.insert(policy_index(one.type, one.account, one.policy) + key);
      });
      break;
    case 'B':
      taken = take(buckets_, [&](const BucketEntry& bucket) { buckets_by_owner_.insert(bucket.owner.get() + bucket.name.get()); });
      break;
    case 'M': taken = take(minting_keys_, nothing); break;
    default: break;  // a newer program's row: kept on disk, unseen here
  }
  if (taken) versions_[key] = stamped->version;
  return taken;
}

void Directory::forget(const Bytes& key) {
  versions_.erase(key);
  const auto drop = [&](auto& table, auto unindex) {
    const auto found = table.find(key);
    if (found == table.end()) return;
    unindex(found->second);
    table.erase(found);
  };
  const auto nothing = [](const auto&) {};
  switch (key.front()) {
    case 'A': drop(accounts_, nothing); break;
    case 'U':
      drop(users_, [&](const UserEntry& user) {
        // A rename puts the new row before or after it erases the old one: the index belongs to whichever row it names.
        if (const auto at = users_by_id_.find(user.id.get()); at != users_by_id_.end() && at->second == key) users_by_id_.erase(at);
      });
      break;
    case 'K':
      drop(access_keys_,
           [&](const AccessKeyEntry& one) { keys_by_owner_.erase(owner_of_key(one.account, one.user) + '\0' + one.id.get()); });
      break;
    case 'R':
      drop(roles_, [&](const RoleEntry& role) {
        roles_by_id_.erase(role.id.get());
        trusts_.erase(role.id.get());
      });
      break;
    case 'P':
      drop(policies_, nothing);
      attached_.clear();
      break;
    case 'T':
      drop(attachments_,
           [&](const AttachmentEntry& one) { attachments_by_policy_.erase(policy_index(one.type, one.account, one.policy) + key); });
      attached_.clear();
      break;
    case 'B': drop(buckets_, [&](const BucketEntry& bucket) { buckets_by_owner_.erase(bucket.owner.get() + bucket.name.get()); }); break;
    case 'M': drop(minting_keys_, nothing); break;
    default: break;
  }
}

const AccountEntry* Directory::account(const AccountUid& uid) const { return look_up(accounts_, account_row(uid)); }
Page<AccountEntry> Directory::accounts(const PageRequest& page) const { return page_of(accounts_, "A", page); }
const UserEntry* Directory::user(const AccountUid& account, std::string_view name) const {
  return look_up(users_, user_row(account, name));
}
const UserEntry* Directory::user(const UserId& id) const {
  const auto found = users_by_id_.find(id.get());
  return found == users_by_id_.end() ? nullptr : look_up(users_, found->second);
}
Page<UserEntry> Directory::users(const AccountUid& account, const PageRequest& page) const {
  return page_of(users_, user_row(account, ""), page);
}
const AccessKeyEntry* Directory::access_key(const AccessKeyId& id) const { return look_up(access_keys_, access_key_row(id)); }

std::vector<AccessKeyEntry> Directory::access_keys(const AccountUid& account, const UserId& user) const {
  std::vector<AccessKeyEntry> keys;
  const Bytes prefix = owner_of_key(account, user) + '\0';
  for (auto at = keys_by_owner_.lower_bound(prefix); at != keys_by_owner_.end() && at->starts_with(prefix); ++at) {
    if (const AccessKeyEntry* key = access_key(AccessKeyId(at->substr(prefix.size())))) keys.push_back(*key);
  }
  return keys;
}

const RoleEntry* Directory::role(const AccountUid& account, std::string_view name) const {
  return look_up(roles_, role_row(account, name));
}
const RoleEntry* Directory::role(const RoleId& id) const {
  const auto found = roles_by_id_.find(id.get());
  return found == roles_by_id_.end() ? nullptr : look_up(roles_, found->second);
}
const RoleEntry* Directory::role_by_arn(std::string_view arn) const {
  const auto reference = parse_role_arn(arn);
  return reference ? role(AccountUid(reference->account), reference->name) : nullptr;
}
Page<RoleEntry> Directory::roles(const AccountUid& account, const PageRequest& page) const {
  return page_of(roles_, role_row(account, ""), page);
}

const PolicyEntry* Directory::policy(const AccountUid& account, PolicyType type, std::string_view name) const {
  return type == PolicyType::kSystem ? look_up(system_policies_, name_key(name)) : look_up(policies_, policy_row(account, name));
}

Page<PolicyEntry> Directory::policies(const AccountUid& account, std::optional<PolicyType> type, const PageRequest& page) const {
  if (type == PolicyType::kSystem) return page_of(system_policies_, "", page);
  if (type == PolicyType::kCustom) return page_of(policies_, policy_row(account, ""), page);
  // Both: the marker says in which list it stands.
  Page<PolicyEntry> out;
  const bool in_custom = page.marker.starts_with(kCustomThen);
  if (!in_custom) {
    out = page_of(system_policies_, "", {page.marker.empty() ? "" : page.marker.substr(1), page.items_max});
    if (!out.next_marker.empty()) {
      out.next_marker.insert(0, kSystemFirst);
      return out;
    }
  }
  if (out.items.size() == page.items_max) {
    if (policy_count(account) != 0) out.next_marker = kCustomThen;
    return out;
  }
  auto custom = page_of(policies_, policy_row(account, ""), {in_custom ? page.marker.substr(1) : "", page.items_max - out.items.size()});
  std::move(custom.items.begin(), custom.items.end(), std::back_inserter(out.items));
  if (!custom.next_marker.empty()) out.next_marker = std::string(kCustomThen) + custom.next_marker;
  return out;
}

const AttachmentEntry* Directory::attachment(EntityKind kind, std::string_view entity, PolicyType type, std::string_view policy) const {
  return look_up(attachments_, attachment_row(kind, entity, type, policy));
}

std::vector<AttachmentEntry> Directory::attachments(EntityKind kind, std::string_view entity) const {
  Bytes prefix = attachment_row(kind, entity, PolicyType::kCustom, "");
  prefix.pop_back();
  std::vector<AttachmentEntry> out;
  for (auto at = attachments_.lower_bound(prefix); at != attachments_.end() && at->first.starts_with(prefix); ++at) {
    out.push_back(at->second);
  }
  return out;
}

std::vector<AttachmentEntry> Directory::attachments_of(const AccountUid& account, PolicyType type, std::string_view policy) const {
  const Bytes prefix = policy_index(type, account, policy);
  std::vector<AttachmentEntry> out;
  for (auto at = attachments_by_policy_.lower_bound(prefix); at != attachments_by_policy_.end() && at->starts_with(prefix); ++at) {
    if (const AttachmentEntry* one = look_up(attachments_, BytesView(*at).substr(prefix.size()))) out.push_back(*one);
  }
  return out;
}

const BucketEntry* Directory::bucket(const BucketName& name) const { return look_up(buckets_, bucket_row(name)); }

Page<BucketEntry> Directory::buckets(const AccountUid& owner, std::string_view prefix, const PageRequest& request) const {
  Page<BucketEntry> page;
  const Bytes begin = owner.get() + std::string(prefix);
  const Bytes behind = owner.get() + request.marker;
  auto at = request.marker.empty() || behind < begin ? buckets_by_owner_.lower_bound(begin) : buckets_by_owner_.upper_bound(behind);
  for (; at != buckets_by_owner_.end() && at->starts_with(begin); ++at) {
    if (page.items.size() == request.items_max) {
      page.next_marker = page.items.empty() ? std::string() : page.items.back().name.get();
      break;
    }
    if (const BucketEntry* one = bucket(BucketName(at->substr(owner.get().size())))) page.items.push_back(*one);
  }
  return page;
}

const MintingKeyEntry* Directory::minting_key(const RegionId& region) const { return look_up(minting_keys_, minting_key_row(region)); }

std::size_t Directory::bucket_count(const AccountUid& owner, const RegionId& region) const {
  std::size_t count = 0;
  for (auto at = buckets_by_owner_.lower_bound(owner.get()); at != buckets_by_owner_.end() && at->starts_with(owner.get()); ++at) {
    const BucketEntry* one = bucket(BucketName(at->substr(owner.get().size())));
    if (one != nullptr && one->region == region) ++count;
  }
  return count;
}
std::size_t Directory::user_count(const AccountUid& account) const { return count_rows(users_, user_row(account, "")); }
std::size_t Directory::role_count(const AccountUid& account) const { return count_rows(roles_, role_row(account, "")); }
std::size_t Directory::policy_count(const AccountUid& account) const { return count_rows(policies_, policy_row(account, "")); }

AttachedPolicies Directory::attached(EntityKind kind, std::string_view entity) const {
  const std::string key = std::string(1, static_cast<char>(kind)) + std::string(entity);
  AttachedPolicies& cached = attached_[key];
  if (cached) return cached;
  auto compiled = std::make_shared<std::vector<AttachedPolicy>>();
  for (const AttachmentEntry& one : attachments(kind, entity)) {
    const PolicyEntry* entry = policy(one.account, one.type, one.policy);
    if (entry == nullptr) continue;
    const PolicyVersion* version = entry->find(entry->default_version);
    auto document = version == nullptr ? Result<PolicyPointer>(deny_everything()) : parse_identity_policy(version->document);
    compiled->push_back({entry->name, one.type, document ? std::move(*document) : deny_everything()});
  }
  return cached = std::move(compiled);
}

PolicyPointer Directory::trust(const RoleEntry& role) const {
  PolicyPointer& cached = trusts_[role.id.get()];
  if (!cached) {
    auto document = parse_trust_policy(role.trust_policy);
    cached = document ? std::move(*document) : deny_everything();
  }
  return cached;
}

}  // namespace farshore::identity
