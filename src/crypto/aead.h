// SPDX-License-Identifier: Apache-2.0
// AES-256-GCM: encryption that notices every change. The nonce is the caller's duty.
//
// A nonce must never be used twice under one key: two uses reveal both texts and let anyone forge. Random
// nonces are safe up to 2^32 messages per key; counted nonces have no such bound.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"

struct evp_cipher_ctx_st;

namespace farshore::crypto {

inline constexpr std::size_t kAeadKeySize = 32;
inline constexpr std::size_t kAeadNonceSize = 12;
inline constexpr std::size_t kAeadTagSize = 16;

using AeadNonce = std::array<std::uint8_t, kAeadNonceSize>;

/// One AES-256 key, expanded once, for many messages (chunks of a large content).
/// Movable, not copyable. One thread at a time: it holds the cipher's working state.
class AeadKey {
 public:
  /// key has exactly kAeadKeySize bytes (FS_CHECK); it is copied into the cipher and wiped with it.
  explicit AeadKey(BytesView key);

  /// The ciphertext with its tag at the end: plaintext.size() + kAeadTagSize bytes.
  /// Messages stay below 2 GiB (FS_CHECK).
  Bytes seal(const AeadNonce& nonce, BytesView aad, BytesView plaintext);

  /// The plaintext of what seal() gave for the same nonce and aad.
  ///
  /// Errors  kCorrupt: key, nonce, aad or text differ from the sealed ones, or the text is shorter than a tag;
  ///         nothing of the content is revealed
  Result<Bytes> open(const AeadNonce& nonce, BytesView aad, BytesView sealed);

 private:
  struct ContextDelete {
    void operator()(evp_cipher_ctx_st* context) const;
  };
  std::unique_ptr<evp_cipher_ctx_st, ContextDelete> context_;
};

/// One message under one key; see AeadKey.
Bytes seal(BytesView key, const AeadNonce& nonce, BytesView aad, BytesView plaintext);
Result<Bytes> open(BytesView key, const AeadNonce& nonce, BytesView aad, BytesView sealed);

/// RFC 5869 with SHA-256: size bytes of key material, at most 255 * 32 (FS_CHECK).
/// An empty salt is the RFC's zero salt.
Secret hkdf_sha256(BytesView input_key, BytesView salt, BytesView info, std::size_t size);

}  // namespace farshore::crypto
