// SPDX-License-Identifier: Apache-2.0
// Users: the RAM users of an account.
#pragma once

#include <optional>
#include <string>

#include "identity/directory_store.h"
#include "identity/quotas.h"

namespace farshore::identity {

struct CreateUser {
  AccountUid account;
  std::string name, display_name, comments, mobile_phone, email;
};

/// An absent field is kept; an empty one is cleared.
struct UpdateUser {
  AccountUid account;
  std::string name;
  std::optional<std::string> new_name, display_name, comments, mobile_phone, email;
};

/// Loop thread only. Common errors: kEntityNotExist (User), kInvalidParameter (Field, Reason).
class Users {
 public:
  Users(Runtime runtime, DirectoryStore& directory, Quotas quotas = {}) : runtime_(runtime), directory_(directory), quotas_(quotas) {}
  /// Errors: kEntityAlreadyExists (User), kLimitExceeded (User).
  Task<Result<UserEntry>> create(OpContext op, CreateUser request);
  Result<UserEntry> get(const AccountUid& account, std::string_view name) const;
  /// The user keeps its id, keys and attachments under a new name. Error: kEntityAlreadyExists (User).
  Task<Result<UserEntry>> update(OpContext op, UpdateUser request);
  /// Error: kDeleteConflict (User.AccessKey, User.Policy).
  Task<Result<void>> erase(OpContext op, AccountUid account, std::string name);
  Page<UserEntry> list(const AccountUid& account, const PageRequest& page) const { return directory_.view().users(account, page); }
  /// Every session of the user issued so far ends.
  Task<Result<void>> revoke_sessions(OpContext op, AccountUid account, std::string name);

 private:
  Runtime runtime_;
  DirectoryStore& directory_;
  Quotas quotas_;
};

}  // namespace farshore::identity
