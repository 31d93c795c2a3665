// SPDX-License-Identifier: Apache-2.0
// Policies: custom policies, their versions, and what is attached to whom.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "identity/directory_store.h"
#include "identity/quotas.h"

namespace farshore::identity {

struct CreatePolicy {
  AccountUid account;
  std::string name;
  std::string document;
  std::string description;
};

struct CreatePolicyVersion {
  AccountUid account;
  std::string name;
  std::string document;
  bool set_as_default = false;
  bool rotate = false;  ///< at the limit, drop the oldest version that is not the default
};

/// A policy from the view of an account.
struct PolicyName {
  AccountUid account;
  PolicyType type = PolicyType::kCustom;
  std::string name;
};

/// A user or role, by name.
struct EntityName {
  EntityKind kind = EntityKind::kUser;
  std::string name;
};

struct AttachedSummary {
  PolicyEntry policy;
  std::int64_t attached_millis = 0;
};
struct EntitySummary {
  EntityKind kind = EntityKind::kUser;
  std::string id, name, display;  ///< display: a user's display name, a role's description
  std::int64_t attached_millis = 0;
};

/// "v3" to 3. Error: kInvalidParameter (VersionId, Format).
Result<std::uint32_t> parse_policy_version(std::string_view text);

/// Loop thread only. Common errors: kEntityNotExist (Policy, Policy.Version, User, Role), kInvalidParameter, kMalformedPolicyDocument,
/// kNoPermission for changes of system policies.
class Policies {
 public:
  Policies(Runtime runtime, DirectoryStore& directory, Quotas quotas = {}) : runtime_(runtime), directory_(directory), quotas_(quotas) {}
  /// Errors: kEntityAlreadyExists (Policy), kLimitExceeded (Policy).
  Task<Result<PolicyEntry>> create(OpContext op, CreatePolicy request);
  Result<PolicyEntry> get(const PolicyName& policy) const;
  std::size_t attachment_count(const PolicyName& policy) const;
  Page<PolicyEntry> list(const AccountUid& account, std::optional<PolicyType> type, const PageRequest& page) const {
    return directory_.view().policies(account, type, page);
  }
  Task<Result<PolicyEntry>> update_description(OpContext op, PolicyName policy, std::string description);
  /// Cascading: detaches it everywhere and drops its versions. Else kDeleteConflict (Policy.User, Policy.Role, Policy.Version).
  Task<Result<void>> erase(OpContext op, PolicyName policy, bool cascading);

  /// Error: kLimitExceeded (Policy.Version).
  Task<Result<PolicyVersion>> create_version(OpContext op, CreatePolicyVersion request);
  Task<Result<void>> set_default_version(OpContext op, PolicyName policy, std::uint32_t number);
  /// Error: kDeleteConflict (Policy.Version.Default).
  Task<Result<void>> erase_version(OpContext op, PolicyName policy, std::uint32_t number);

  /// Errors: kEntityAlreadyExists (User.Policy, Role.Policy), kLimitExceeded (User.Policy, Role.Policy).
  Task<Result<void>> attach(OpContext op, PolicyName policy, EntityName entity);
  /// Error: kEntityNotExist (User.Policy, Role.Policy).
  Task<Result<void>> detach(OpContext op, PolicyName policy, EntityName entity);
  Result<std::vector<AttachedSummary>> attached_to(const AccountUid& account, const EntityName& entity) const;
  Result<std::vector<EntitySummary>> entities_of(const PolicyName& policy) const;

 private:
  Runtime runtime_;
  DirectoryStore& directory_;
  Quotas quotas_;
};

}  // namespace farshore::identity
