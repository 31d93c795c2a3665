// SPDX-License-Identifier: Apache-2.0
// Authentication: from an access key id and a token to a principal and the secret its signature is made with.
#pragma once

#include <map>
#include <optional>
#include <string_view>

#include "identity/sessions.h"

namespace farshore::identity {

/// Who claims to call, and the secret that proves it. The caller verifies the signature.
struct Credential {
  Principal principal;
  Secret secret;
};

/// Loop thread only.
class Authentication {
 public:
  Authentication(DirectoryStore& directory, Sessions& sessions, SecretSealer& sealer)
      : directory_(directory), sessions_(sessions), sealer_(sealer) {}

  /// Errors  kInvalidAccessKeyId, detail Reason = NotFound, Inactive, MissingSecurityToken (a STS. key without
  ///         its token) or OtherRegion (the account's secrets are kept elsewhere)
  ///         kInvalidSecurityToken, kSecurityTokenExpired
  ///         kAccessKeyIdAndSecurityTokenNotMatch: the token belongs to another key, or the key is a long-lived one
  Result<Credential> find_credential(const AccessKeyId& access_key, std::optional<std::string_view> token);

 private:
  /// A secret with the bytes it was opened from: it answers only while the directory's row holds these very bytes.
  struct Opened {
    Bytes sealed;
    Secret secret;
  };
  Result<Secret> open(const AccessKeyEntry& key);

  DirectoryStore& directory_;
  Sessions& sessions_;
  SecretSealer& sealer_;
  std::map<AccessKeyId, Opened> opened_;  ///< at most kOpenedMax
};

}  // namespace farshore::identity
