// SPDX-License-Identifier: Apache-2.0
// Roles: what others assume.
#pragma once

#include <optional>
#include <string>

#include "identity/directory_store.h"
#include "identity/quotas.h"

namespace farshore::identity {

// Rule: RAM, CreateRole, MaxSessionDuration: 3,600 to 43,200 seconds.
inline constexpr std::uint32_t kRoleSessionSecondsMin = 3600;
inline constexpr std::uint32_t kRoleSessionSecondsMax = 43200;

struct CreateRole {
  AccountUid account;
  std::string name;
  std::string trust_policy;
  std::string description;
  std::optional<std::uint32_t> session_max_seconds;
};

/// An absent field is kept.
struct UpdateRole {
  AccountUid account;
  std::string name;
  std::optional<std::string> trust_policy;
  std::optional<std::string> description;
  std::optional<std::uint32_t> session_max_seconds;
};

/// Loop thread only. Common errors: kEntityNotExist (Role), kInvalidParameter (Field, Reason; AssumeRolePolicyDocument for the trust policy,
/// which may name only users and roles that exist as far as they are of the same account).
class Roles {
 public:
  Roles(Runtime runtime, DirectoryStore& directory, Quotas quotas = {}) : runtime_(runtime), directory_(directory), quotas_(quotas) {}
  /// Errors: kEntityAlreadyExists (Role; names are unique ignoring case), kLimitExceeded (Role).
  Task<Result<RoleEntry>> create(OpContext op, CreateRole request);
  Result<RoleEntry> get(const AccountUid& account, std::string_view name) const;
  Task<Result<RoleEntry>> update(OpContext op, UpdateRole request);
  /// Error: kDeleteConflict (Role.Policy).
  Task<Result<void>> erase(OpContext op, AccountUid account, std::string name);
  Page<RoleEntry> list(const AccountUid& account, const PageRequest& page) const { return directory_.view().roles(account, page); }
  /// Every session of the role issued so far ends.
  Task<Result<void>> revoke_sessions(OpContext op, AccountUid account, std::string name);

 private:
  Runtime runtime_;
  DirectoryStore& directory_;
  Quotas quotas_;
};

}  // namespace farshore::identity
