// SPDX-License-Identifier: Apache-2.0
// RpcNonces: remembers which signed requests were seen, so that a captured one cannot be sent again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "model/ids.h"

namespace farshore::api {

// Rule: RPC-style API, "Timestamp": within 15 minutes of the server's time, either way.
inline constexpr std::int64_t kRpcSkewMaxMillis = 15 * 60 * 1000;
// Rule: RPC-style API, "SignatureNonce": kept 30 minutes per access key.
inline constexpr std::int64_t kRpcNonceLifeMillis = 30 * 60 * 1000;

struct RpcNonceSettings {
  std::size_t nonces_max = 400'000;         ///< range 1,000 to 10,000,000; about 100 bytes each; restart needed
  std::size_t nonces_per_key_max = 200'000; ///< range 100 to nonces_max; about 110 calls a second of one key; restart needed
};

/// Invariants
///   1  A (key, nonce) that was accepted is refused for as long as its own timestamp would be accepted.
///   2  At most nonces_max entries are held, nonces_per_key_max of one key.
///   3  A full table forgets its oldest timestamps and raises the floor to them: what it cannot remember it does not accept.
///
/// One key alone cannot push others out: it is told to slow down first. A restart forgets all, and regions do not share what they
/// have seen: within the time stamp's 15 minutes a captured request could be sent to another region. Loop thread only.
class RpcNonces {
 public:
  explicit RpcNonces(RpcNonceSettings settings = {}) : settings_(settings) {}

  enum class Verdict : unsigned char { kFresh, kUsed, kTooOld, kTooMany };
  /// Remembers the nonce of a request that was signed at `signed_millis`, if it is fresh. kTooOld: at or below the floor.
  Verdict accept(const AccessKeyId& key, std::string_view nonce, std::int64_t signed_millis, std::int64_t now_millis);

  std::size_t size() const { return seen_.size(); }

 private:
  using Fingerprint = std::array<std::uint8_t, 16>;  // of key and nonce
  struct Entry {
    Fingerprint fingerprint;
    std::uint64_t key;
  };
  void drop_oldest();

  RpcNonceSettings settings_;
  std::set<Fingerprint> seen_;
  std::multimap<std::int64_t, Entry> by_time_;
  std::map<std::uint64_t, std::size_t> per_key_;
  std::int64_t floor_ = INT64_MIN;
};

}  // namespace farshore::api
