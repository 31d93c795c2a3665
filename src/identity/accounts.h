// SPDX-License-Identifier: Apache-2.0
// Accounts: makes accounts and their root access keys. An operator's business, not RAM's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "identity/access_keys.h"

namespace farshore::identity {

struct CreateAccount {
  std::string name;
  std::optional<AccountUid> uid;   ///< chosen if absent
  std::vector<RegionId> regions;   ///< empty: everywhere
  std::optional<NewAccessKey> root_key;  ///< chosen if absent (import, tests)
};

struct CreatedAccount {
  AccountEntry account;
  NewAccessKey root_key;  ///< the only time its secret is shown
};

/// Loop thread only; see DirectoryStore for kHomeUnavailable and storage errors of all writes.
class Accounts {
 public:
  Accounts(Runtime runtime, DirectoryStore& directory, SecretSealer& sealer) : runtime_(runtime), directory_(directory), sealer_(sealer) {}
  /// Errors: kInvalidParameter (Name, Uid), kEntityAlreadyExists (Account).
  Task<Result<CreatedAccount>> create(OpContext op, CreateAccount request);
  /// Error: kEntityNotExist (Account).
  Result<AccountEntry> get(const AccountUid& uid) const;
  Page<AccountEntry> list(const PageRequest& page) const { return directory_.view().accounts(page); }
  /// Every root session issued so far ends. Error: kEntityNotExist (Account).
  Task<Result<void>> revoke_sessions(OpContext op, AccountUid uid);

 private:
  Runtime runtime_;
  DirectoryStore& directory_;
  SecretSealer& sealer_;
};

}  // namespace farshore::identity
