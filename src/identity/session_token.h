// SPDX-License-Identifier: Apache-2.0
// SessionToken: the sealed text that carries a session, readable in every region without a lookup of the session.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "model/ids.h"

namespace farshore {
class Random;
}

namespace farshore::identity {

enum class SessionKind : std::uint8_t { kRole = 1, kUser = 2, kRoot = 3 };

/// What is inside a token.
struct SessionRecord {
  SessionKind kind = SessionKind::kRole;
  AccessKeyId access_key;
  Secret secret;
  AccountUid account;
  std::string id;            ///< role id, user id, or the uid
  std::string session_name;
  std::string session_policy;  ///< JSON or empty
  std::int64_t issued_millis = 0;
  std::int64_t expires_millis = 0;
  RegionId minted_in;
};

/// The two keys of a minting region, derived from its minting key once.
struct SessionKeys {
  Secret seal;
  Secret sign;
  static SessionKeys derive(const Secret& minting_key);
};

/// token  := "CAIS" base64(signed mac(32))
/// signed := 01 region-size(1) region nonce(12) sealed
/// sealed := AES-256-GCM(record, additional data: all before the nonce); mac := HMAC-SHA256(signed)
std::string seal_session(const SessionKeys& keys, const SessionRecord& record, Random& random);
/// The region that claims to have minted it, to find the keys by. Error: kInvalidSecurityToken.
Result<RegionId> minting_region(std::string_view token);
/// Error: kInvalidSecurityToken. Does not look at the clock.
Result<SessionRecord> open_session(const SessionKeys& keys, std::string_view token);

}  // namespace farshore::identity
