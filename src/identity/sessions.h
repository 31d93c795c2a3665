// SPDX-License-Identifier: Apache-2.0
// Sessions: gives and checks temporary credentials.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "identity/authorize.h"
#include "identity/directory_store.h"
#include "identity/secret_sealer.h"
#include "identity/session_token.h"
#include "runtime/runtime.h"

namespace farshore::identity {

// Rule: STS, AssumeRole, DurationSeconds: from 900 to the role's maximum; default 3,600.
inline constexpr std::uint32_t kSessionSecondsMin = 900;
inline constexpr std::uint32_t kSessionSecondsDefault = 3600;

struct SessionSettings {
  /// How old this region's copy of the directory may be for sessions to be given and accepted: longer, and a role that was
  /// deleted elsewhere could still act here. Range 1 minute to 1 day; a change takes effect after a restart.
  Duration directory_age_max = std::chrono::minutes(15);
};

struct AssumeRole {
  std::string role_arn;
  std::string session_name;
  std::uint32_t duration_seconds = 0;  ///< 0: the default, or the role's maximum if that is less
  std::string policy;                  ///< session policy or empty
  std::string external_id;
  RequestConditions conditions;        ///< sts:ExternalId is added from external_id
};

struct SessionCredentials {
  AccessKeyId access_key;
  Secret secret;
  std::string token;
  std::int64_t expires_millis = 0;
  std::string arn;           ///< "acs:ram::<uid>:role/<role>/<session>", AssumeRole's spelling
  std::string principal_id;  ///< "<role id>:<session>"
};

/// A session found good: who it is and the secret that signs.
struct OpenedSession {
  Principal principal;
  AccessKeyId access_key;
  Secret secret;
  std::int64_t expires_millis = 0;
};

/// Mints with this region's key and checks tokens of every region. Loop thread only. Nothing is stored: a session is its token.
/// Every call fails with kDirectoryStale while this region has been cut off from the home for longer than the settings allow.
class Sessions {
 public:
  Sessions(Runtime runtime, DirectoryStore& directory, SecretSealer& sealer, RegionId region, SessionSettings settings = {});

  /// Makes sure this region has a minting key in the directory. Once at start (and after the home has become reachable).
  Task<Result<void>> ensure_minting_key(OpContext op);

  /// Errors  kInvalidParameter, details Field (RoleArn, RoleSessionName, DurationSeconds, ExternalId, PolicyGrammar, PolicySize), Reason
  ///         kEntityNotExist, detail Entity=Role (told to callers of the role's own account only)
  ///         kNoPermission: root users, no trust, or no right of the caller's own; with the details of denied()
  ///         kHomeUnavailable: this region has no minting key yet
  Result<SessionCredentials> assume_role(const Principal& caller, const AssumeRole& request);
  /// Console sign-in: a session of a user or a root. The caller has checked who it is. Errors: kNoPermission, kHomeUnavailable.
  Result<SessionCredentials> sign_in(const Principal& who, std::uint32_t duration_seconds);

  /// A service uses a role: only the trust policy decides. No token: the principal is used inside this process.
  /// Errors: kEntityNotExist (Entity=Role), kNoPermission.
  Result<Principal> assume_role_as_service(std::string_view service, const RoleId& role, std::string_view session_name = "oss-replication");

  /// kDirectoryStale while this region's copy of the directory is too old to give or accept sessions.
  Result<void> check_age() const;

  /// Errors  kInvalidSecurityToken: garbage, unknown minter, the role or user is gone, or revoked
  ///         kSecurityTokenExpired
  Result<OpenedSession> open(std::string_view token);

 private:
  Result<const SessionKeys*> keys_of(const RegionId& region);
  Result<SessionCredentials> mint(SessionRecord record);

  Runtime runtime_;
  DirectoryStore& directory_;
  SecretSealer& sealer_;
  RegionId region_;
  SessionSettings settings_;
  struct CachedKey {
    DirectorySequence version;
    SessionKeys keys;
  };
  std::map<RegionId, CachedKey> keys_;
};

}  // namespace farshore::identity
