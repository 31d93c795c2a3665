// SPDX-License-Identifier: Apache-2.0
#include "keys/sealed_content.h"

#include <algorithm>

#include "base/check.h"
#include "storage/keys.h"

namespace farshore::keys {
namespace {

crypto::AeadKey blob_key(const Secret& data_key, BlobId blob) {
  Bytes info = "farshore blob";
  storage::append_big_endian(info, blob.get(), 8);
  const Secret key = crypto::hkdf_sha256(data_key.reveal(), {}, info, crypto::kAeadKeySize);
  return crypto::AeadKey(key.reveal());
}

crypto::AeadNonce nonce_of(std::uint64_t chunk) {
  crypto::AeadNonce nonce{};
  for (std::size_t i = 0; i < 8; ++i) nonce[crypto::kAeadNonceSize - 1 - i] = static_cast<std::uint8_t>(chunk >> (8 * i));
  return nonce;
}

}  // namespace

std::uint64_t sealed_size(std::uint64_t content_size) {
  const std::uint64_t chunks = (content_size + kSealChunkSize - 1) / kSealChunkSize;
  return content_size + chunks * crypto::kAeadTagSize;
}

SealedRange sealed_range(std::uint64_t offset, std::uint64_t length, std::uint64_t content_size) {
  FS_CHECK(length > 0 && offset + length <= content_size);
  SealedRange range;
  range.first_chunk = offset / kSealChunkSize;
  range.stored_offset = range.first_chunk * kSealedChunkSize;
  range.skip = offset % kSealChunkSize;
  const std::uint64_t last_chunk = (offset + length - 1) / kSealChunkSize;
  const std::uint64_t end = std::min((last_chunk + 1) * kSealedChunkSize, sealed_size(content_size));
  range.stored_length = end - range.stored_offset;
  return range;
}

SealingWriter::SealingWriter(const Secret& data_key, BlobId blob) : key_(blob_key(data_key, blob)) {}

Bytes SealingWriter::push(BytesView content) {
  Bytes out;
  while (!content.empty()) {
    if (pending_.empty() && content.size() >= kSealChunkSize) {
      out += key_.seal(nonce_of(next_chunk_++), {}, content.substr(0, kSealChunkSize));
      content.remove_prefix(kSealChunkSize);
      continue;
    }
    const std::size_t take = std::min<std::size_t>(kSealChunkSize - pending_.size(), content.size());
    pending_.append(content.substr(0, take));
    content.remove_prefix(take);
    if (pending_.size() == kSealChunkSize) out += finish();
  }
  return out;
}

Bytes SealingWriter::finish() {
  if (pending_.empty()) return {};
  Bytes out = key_.seal(nonce_of(next_chunk_++), {}, pending_);
  pending_.clear();
  return out;
}

OpeningReader::OpeningReader(const Secret& data_key, BlobId blob) : key_(blob_key(data_key, blob)) {}

Result<Bytes> OpeningReader::open(std::uint64_t first_chunk, BytesView stored) {
  Bytes out;
  out.reserve(stored.size());
  while (!stored.empty()) {
    const std::size_t take = std::min<std::size_t>(kSealedChunkSize, stored.size());
    TRY(const Bytes content, key_.open(nonce_of(first_chunk++), {}, stored.substr(0, take)));
    out += content;
    stored.remove_prefix(take);
  }
  return out;
}

}  // namespace farshore::keys
