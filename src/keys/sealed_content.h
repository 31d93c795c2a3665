// SPDX-License-Identifier: Apache-2.0
// Sealed content: a blob encrypted in chunks, so that any range can be read and checked alone.
//
//   sealed := chunk*
//   chunk  := AES-256-GCM(blob key, nonce, no aad, content part) tag(16)     a part has 64 KiB, the last one 1 byte to 64 KiB
//   nonce  := chunk index(12, big endian)
//   blob key := HKDF-SHA256(data key, no salt, "farshore blob" blob-id(8, big endian))
//
// A blob id is never reused in its region and every sealing has its own data key, so no nonce is used twice under a key.
// That chunks are all there follows from the content size in the version record.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/aead.h"
#include "model/ids.h"

namespace farshore::keys {

inline constexpr std::uint64_t kSealChunkSize = 64 << 10;
inline constexpr std::uint64_t kSealedChunkSize = kSealChunkSize + crypto::kAeadTagSize;

/// How many bytes a sealed blob of that many content bytes has.
std::uint64_t sealed_size(std::uint64_t content_size);

/// Which stored bytes hold the content bytes [offset, offset + length), and where those begin once opened.
struct SealedRange {
  std::uint64_t first_chunk = 0;
  std::uint64_t stored_offset = 0;
  std::uint64_t stored_length = 0;
  std::uint64_t skip = 0;  ///< content bytes before `offset` in the first chunk
};
SealedRange sealed_range(std::uint64_t offset, std::uint64_t length, std::uint64_t content_size);

/// Seals one blob from front to back. One thread at a time.
class SealingWriter {
 public:
  SealingWriter(const Secret& data_key, BlobId blob);
  /// The sealed form of all chunks that are complete now; may be empty.
  Bytes push(BytesView content);
  /// The last, shorter chunk; empty if there is none.
  Bytes finish();

 private:
  crypto::AeadKey key_;
  std::uint64_t next_chunk_ = 0;
  Bytes pending_;
};

/// Opens chunks of one blob. One thread at a time.
class OpeningReader {
 public:
  OpeningReader(const Secret& data_key, BlobId blob);
  /// The content of whole stored chunks, the first of which has index `first_chunk`. Error: kCorrupt.
  Result<Bytes> open(std::uint64_t first_chunk, BytesView stored);

 private:
  crypto::AeadKey key_;
};

}  // namespace farshore::keys
