// SPDX-License-Identifier: Apache-2.0
// AccessKeys: the long-lived credentials of users and roots.
#pragma once

#include <string>
#include <vector>

#include "base/secret.h"
#include "identity/directory_store.h"
#include "identity/quotas.h"
#include "identity/secret_sealer.h"

namespace farshore::identity {

/// A key with its secret, in clear for the one answer that shows it.
struct NewAccessKey {
  AccessKeyId id;
  Secret secret;
  std::int64_t created_millis = 0;
};

/// "LTAI5t" and 18 characters; a secret of 30.
NewAccessKey make_access_key(Runtime& runtime);

/// Whose keys: a user by name, or the account's root if the name is empty.
struct KeyOwner {
  AccountUid account;
  std::string user_name;
};

/// Loop thread only. Common error: kEntityNotExist (User).
class AccessKeys {
 public:
  AccessKeys(Runtime runtime, DirectoryStore& directory, SecretSealer& sealer, Quotas quotas = {})
      : runtime_(runtime), directory_(directory), sealer_(sealer), quotas_(quotas) {}
  /// Error: kLimitExceeded (User.AccessKey).
  Task<Result<NewAccessKey>> create(OpContext op, KeyOwner owner);
  /// Error: kEntityNotExist (User.AccessKey).
  Task<Result<void>> set_active(OpContext op, KeyOwner owner, AccessKeyId id, bool active);
  /// Error: kEntityNotExist (User.AccessKey).
  Task<Result<void>> erase(OpContext op, KeyOwner owner, AccessKeyId id);
  Result<std::vector<AccessKeyEntry>> list(const KeyOwner& owner) const;

 private:
  Runtime runtime_;
  DirectoryStore& directory_;
  SecretSealer& sealer_;
  Quotas quotas_;
};

}  // namespace farshore::identity
