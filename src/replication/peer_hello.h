// SPDX-License-Identifier: Apache-2.0
// PeerHello: how two regions of a realm prove to each other that they belong to it, on every connection.
//
//   caller -> { version range, region, realm, nonce A }
//   callee -> { version, region, nonce B, proof(callee, A, B) }
//   caller -> { proof(caller, B, A) }
//   proof(side, x, y) = HMAC-SHA256(realm's peer secret, "farshore-peer/1" side caller-region callee-region x y), each with its length
//
// TLS protects the bytes between hosts; this protects the door, also on loopback where TLS is not required.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "model/ids.h"

namespace farshore::replication {

/// The frame protocol's versions this build speaks. The greatest common one is used.
inline constexpr std::uint32_t kPeerVersionMin = 1;
inline constexpr std::uint32_t kPeerVersionMax = 1;
inline constexpr std::string_view kPeerProtocol = "farshore-peer/1";
inline constexpr std::size_t kPeerNonceBytes = 16;

/// What every region of a realm knows of itself for this.
struct PeerIdentity {
  std::string realm;
  RegionId region;
  Secret secret;
};

/// One message of the exchange; unused fields stay empty.
struct PeerHello {
  std::uint32_t version_min = 0;
  std::uint32_t version_max = 0;
  std::string realm;
  RegionId region;
  std::string nonce;
  std::string proof;
};
Bytes encode(const PeerHello& hello);
Result<PeerHello> decode_peer_hello(BytesView bytes);

enum class PeerSide : char { kCaller = 'c', kCallee = 'e' };
std::string peer_proof(const Secret& secret, PeerSide side, const RegionId& caller, const RegionId& callee, std::string_view first, std::string_view second);

}  // namespace farshore::replication
