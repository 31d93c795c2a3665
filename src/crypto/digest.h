// SPDX-License-Identifier: Apache-2.0
// Digests and keyed digests: MD5, SHA-1, SHA-256, HMAC. Pure functions, and classes for bytes that arrive in pieces.
//
// MD5 and SHA-1 are here because the protocols name them (Content-MD5, ETag, version 1 signatures); nothing
// of ours rests on their strength. A failure inside the library (no memory) stops the process.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/bytes.h"

struct evp_md_ctx_st;

namespace farshore::crypto {

using Md5Digest = std::array<std::uint8_t, 16>;
using Sha1Digest = std::array<std::uint8_t, 20>;
using Sha256Digest = std::array<std::uint8_t, 32>;

/// The digest's bytes: codec::hex_encode(view_of(sha256(body))). The view lives as long as the digest; keeping
/// one of a temporary is a compiler warning.
template <std::size_t N>
BytesView view_of(const std::array<std::uint8_t, N>& digest [[clang::lifetimebound]]) {
  return BytesView(reinterpret_cast<const char*>(digest.data()), N);
}
/// The digest's bytes as an owned string.
template <std::size_t N>
Bytes bytes_of(const std::array<std::uint8_t, N>& digest) {
  return Bytes(view_of(digest));
}

Md5Digest md5(BytesView bytes);
Sha1Digest sha1(BytesView bytes);
Sha256Digest sha256(BytesView bytes);

/// RFC 2104. Keys of any length.
Sha1Digest hmac_sha1(BytesView key, BytesView message);
Sha256Digest hmac_sha256(BytesView key, BytesView message);

namespace detail {
struct DigestContextDelete {
  void operator()(evp_md_ctx_st* context) const;
};
using DigestContext = std::unique_ptr<evp_md_ctx_st, DigestContextDelete>;
}  // namespace detail

/// MD5 of bytes that arrive in pieces. Movable, not copyable; one thread at a time. A moved-from one is only destroyed.
class Md5 {
 public:
  Md5();
  void update(BytesView bytes);
  /// The digest of all bytes so far; starts anew.
  Md5Digest finish();

 private:
  detail::DigestContext context_;
};

/// SHA-256 of bytes that arrive in pieces. As Md5.
class Sha256 {
 public:
  Sha256();
  void update(BytesView bytes);
  /// The digest of all bytes so far; starts anew.
  Sha256Digest finish();

 private:
  detail::DigestContext context_;
};

}  // namespace farshore::crypto
