// SPDX-License-Identifier: Apache-2.0
// Directory: who exists and what is attached to whom, in memory, for decisions that never wait.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "identity/directory_rows.h"
#include "identity/policy_parser.h"

namespace farshore::identity {

/// Where a listing starts and how long it may be. Listings are in order of lower-case name.
struct PageRequest {
  std::string marker;         ///< opaque; empty: from the start
  std::size_t items_max = 100;
};
template <class Entry>
struct Page {
  std::vector<Entry> items;
  std::string next_marker;  ///< empty: that was all
};

/// A policy that is attached, compiled. Its name belongs to it.
struct AttachedPolicy {
  std::string name;
  PolicyType type = PolicyType::kCustom;
  PolicyPointer document;
};
using AttachedPolicies = std::shared_ptr<const std::vector<AttachedPolicy>>;

/// The directory's rows as lookups.
///
/// A view only: DirectoryStore applies what is durable, and nothing else changes it. Pointers stay valid until the next
/// apply(), so never across co_await. Loop thread only. A stored policy that this program cannot compile denies
/// everything to whoever holds it: a newer program's Deny must not be lost.
class Directory {
 public:
  Directory();
  /// Takes over a row, or its erasure. `value` is a stamped value. Error: kCorrupt (the row is left out).
  Result<void> apply(const Bytes& key, std::optional<BytesView> value);
  /// The change that wrote the row; nothing if there is no such row.
  std::optional<DirectorySequence> version(BytesView key) const;

  const AccountEntry* account(const AccountUid& uid) const;
  Page<AccountEntry> accounts(const PageRequest& page) const;
  const UserEntry* user(const AccountUid& account, std::string_view name) const;
  const UserEntry* user(const UserId& id) const;
  Page<UserEntry> users(const AccountUid& account, const PageRequest& page) const;
  const AccessKeyEntry* access_key(const AccessKeyId& id) const;
  /// Of a user, or of the root if `user` is empty; by id.
  std::vector<AccessKeyEntry> access_keys(const AccountUid& account, const UserId& user) const;
  const RoleEntry* role(const AccountUid& account, std::string_view name) const;
  const RoleEntry* role(const RoleId& id) const;
  /// "acs:ram::<uid>:role/<name>", any case, acs: or arn:.
  const RoleEntry* role_by_arn(std::string_view arn) const;
  Page<RoleEntry> roles(const AccountUid& account, const PageRequest& page) const;
  /// Custom policies of the account, or a system policy.
  const PolicyEntry* policy(const AccountUid& account, PolicyType type, std::string_view name) const;
  /// type absent: system policies first, then custom ones.
  Page<PolicyEntry> policies(const AccountUid& account, std::optional<PolicyType> type, const PageRequest& page) const;
  const AttachmentEntry* attachment(EntityKind kind, std::string_view entity, PolicyType type, std::string_view policy) const;
  /// Of one entity, by type and name.
  std::vector<AttachmentEntry> attachments(EntityKind kind, std::string_view entity) const;
  /// Of one policy within an account, by kind and entity id.
  std::vector<AttachmentEntry> attachments_of(const AccountUid& account, PolicyType type, std::string_view policy) const;
  const BucketEntry* bucket(const BucketName& name) const;
  /// An account's buckets by name, from behind the marker, those that begin with the prefix.
  Page<BucketEntry> buckets(const AccountUid& owner, std::string_view prefix, const PageRequest& page) const;
  std::size_t bucket_count(const AccountUid& owner, const RegionId& region) const;
  const MintingKeyEntry* minting_key(const RegionId& region) const;

  std::size_t user_count(const AccountUid& account) const;
  std::size_t role_count(const AccountUid& account) const;
  std::size_t policy_count(const AccountUid& account) const;

  /// All that is attached to an entity, compiled at its default versions. Never null; cached until something attached changes.
  AttachedPolicies attached(EntityKind kind, std::string_view entity) const;
  /// The role's trust policy, compiled. Never null.
  PolicyPointer trust(const RoleEntry& role) const;

 private:
  template <class Entry>
  using Table = std::map<Bytes, Entry, std::less<>>;
  void forget(const Bytes& key);

  std::unordered_map<Bytes, DirectorySequence> versions_;
  Table<AccountEntry> accounts_;
  Table<UserEntry> users_;
  Table<AccessKeyEntry> access_keys_;
  Table<RoleEntry> roles_;
  Table<PolicyEntry> policies_;
  Table<PolicyEntry> system_policies_;
  Table<AttachmentEntry> attachments_;
  Table<BucketEntry> buckets_;
  Table<MintingKeyEntry> minting_keys_;
  std::unordered_map<std::string, Bytes> users_by_id_, roles_by_id_;
  std::set<Bytes> keys_by_owner_;        // owner, id
  std::set<Bytes> buckets_by_owner_;     // owner, name
  std::set<Bytes> attachments_by_policy_;  // type, account, policy, 00, attachment row
  mutable std::unordered_map<std::string, AttachedPolicies> attached_;
  mutable std::unordered_map<std::string, PolicyPointer> trusts_;  // by role id
};

}  // namespace farshore::identity
