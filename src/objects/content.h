// SPDX-License-Identifier: Apache-2.0
// ContentWriter and ContentReader: content bytes into a sealed blob with their digests, and back.
#pragma once

#include <memory>
#include <optional>

#include "crypto/crc64.h"
#include "crypto/digest.h"
#include "keys/sealed_content.h"
#include "objects/bucket.h"
#include "runtime/body.h"

namespace farshore::objects {

/// Bytes that are digested or sealed at once on the loop; more goes to a worker.
inline constexpr std::size_t kOffloadAboveBytes = 64 << 10;

struct WrittenContent {
  std::vector<Piece> pieces;  ///< one, or none for empty content
  std::uint64_t size = 0;
  Bytes md5;                  ///< 16 bytes; empty if it was not asked for
  std::uint64_t crc64 = 0;
};

/// Writes one content into one blob. Destroyed before finish(): nothing is left behind. Loop thread only.
class ContentWriter {
 public:
  /// `data_key`: empty for content that is not encrypted. `size_hint`: the exact content size where it is known.
  ContentWriter(Stores stores, Secret data_key, std::optional<std::uint64_t> size_hint, bool want_md5 = true);
  /// Errors: kStorageFull, kStorageUnavailable.
  Task<Result<void>> write(OpContext op, Buffer bytes);
  /// The finished, unowned blob: adopt it in a commit or discard it.
  Task<Result<WrittenContent>> finish(OpContext op);

 private:
  Bytes digest_and_seal(BytesView bytes);
  Stores stores_;
  Secret data_key_;
  std::optional<std::uint64_t> size_hint_;
  bool want_md5_;
  crypto::Md5 md5_;
  crypto::Crc64 crc64_;
  std::uint64_t size_ = 0;
  std::unique_ptr<storage::BlobWriter> blob_;
  std::optional<keys::SealingWriter> sealer_;
};

/// Gives finished blobs back that no commit took. Failing to is harmless: they go at the next start.
Task<void> discard_pieces(OpContext op, Stores stores, std::vector<Piece> pieces);

/// Reads the bytes [offset, offset + length) of pieces laid end to end, even if their version is replaced meanwhile: the
/// blobs stay pinned. Owned by a unique_ptr; loop thread only.
class ObjectBody : public BodySource {
 public:
  ObjectBody(BucketRef bucket, Secret data_key, std::vector<Piece> pieces, std::uint64_t offset, std::uint64_t length);
  ~ObjectBody() override;
  /// False while a commit is under way that gives a blob up: call again after it.
  bool pin();
  /// Reads the first piece now, so that its errors are known before any byte is sent.
  Task<Result<void>> prime(OpContext op);
  /// All bytes, if that first piece was all: then nothing is left to read.
  std::optional<Buffer> take_whole();
  Task<Result<Buffer>> read(OpContext op) override;
  std::optional<std::uint64_t> length() const override { return length_; }

 private:
  Task<Result<Buffer>> fetch(OpContext op);
  Task<Result<Buffer>> read_sealed(OpContext op, Piece piece, std::uint64_t offset, std::uint64_t length);
  BucketRef bucket_;
  Stores stores_;
  Secret data_key_;
  std::vector<Piece> pieces_;
  std::uint64_t length_;
  std::uint64_t left_;
  std::size_t at_piece_ = 0;
  std::uint64_t at_offset_ = 0;  ///< inside the piece
  std::optional<keys::OpeningReader> opener_;
  std::optional<std::size_t> opener_piece_;
  std::optional<Buffer> primed_;
  std::size_t pinned_ = 0;  ///< that many pieces from the first
};

}  // namespace farshore::objects
