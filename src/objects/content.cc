// SPDX-License-Identifier: Apache-2.0
#include "objects/content.h"

#include <algorithm>

#include "base/check.h"

namespace farshore::objects {
namespace {

/// What one read of a stored blob asks for; whole chunks when sealed.
constexpr std::uint64_t kReadBytes = 256 << 10;

}  // namespace

ContentWriter::ContentWriter(Stores stores, Secret data_key, std::optional<std::uint64_t> size_hint, bool want_md5)
    : stores_(stores), data_key_(std::move(data_key)), size_hint_(size_hint), want_md5_(want_md5) {}

Bytes ContentWriter::digest_and_seal(BytesView bytes) {
  if (want_md5_) md5_.update(bytes);
  crc64_.update(bytes);
  return sealer_ ? sealer_->push(bytes) : Bytes();
}

Task<Result<void>> ContentWriter::write(OpContext op, Buffer bytes) {
  if (bytes.empty()) co_return Result<void>();
  if (!blob_) {
    // Created with the first byte: empty content has no blob.
    std::optional<std::uint64_t> stored_size = size_hint_;
    if (stored_size && !data_key_.empty()) stored_size = keys::sealed_size(*stored_size);
    CO_TRY(blob_, co_await stores_.blobs.create(op, stored_size));
    if (!data_key_.empty()) sealer_.emplace(data_key_, blob_->id());
  }
  size_ += bytes.size();
  Bytes sealed;
  if (bytes.size() > kOffloadAboveBytes) {
    sealed = co_await offload(stores_.runtime.executor, WorkerClass::kPool, [this, bytes] { return digest_and_seal(bytes.view()); });
  } else {
    sealed = digest_and_seal(bytes.view());
  }
  if (!sealer_) co_return co_await blob_->write(op, std::move(bytes));
  if (sealed.empty()) co_return Result<void>();
  co_return co_await blob_->write(op, Buffer(std::move(sealed)));
}

Task<Result<WrittenContent>> ContentWriter::finish(OpContext op) {
  WrittenContent content;
  content.size = size_;
  content.crc64 = crc64_.value();
  if (want_md5_) content.md5 = crypto::bytes_of(md5_.finish());
  if (!blob_) co_return content;
  if (sealer_) {
    Bytes last = sealer_->finish();
    if (!last.empty()) CO_TRY_OK(co_await blob_->write(op, Buffer(std::move(last))));
  }
  CO_TRY_OK(co_await blob_->finish(op));
  content.pieces.push_back(Piece{blob_->id(), size_});
  co_return content;
}

Task<void> discard_pieces(OpContext op, Stores stores, std::vector<Piece> pieces) {
  // The request may be cancelled by now; giving back is worth a try all the same.
  op.cancel = CancelToken();
  op.deadline = kNever;
  for (const Piece& piece : pieces) static_cast<void>(co_await stores.blobs.discard(op, piece.blob));
}

ObjectBody::ObjectBody(BucketRef bucket, Secret data_key, std::vector<Piece> pieces, std::uint64_t offset, std::uint64_t length)
    : bucket_(std::move(bucket)), stores_(bucket_->stores()), data_key_(std::move(data_key)), pieces_(std::move(pieces)), length_(length), left_(length), at_offset_(offset) {
  while (at_piece_ < pieces_.size() && at_offset_ >= pieces_[at_piece_].size) at_offset_ -= pieces_[at_piece_++].size;
}

ObjectBody::~ObjectBody() {
  while (pinned_ > 0) bucket_->pins().unpin(pieces_[--pinned_].blob);
}

bool ObjectBody::pin() {
  while (pinned_ < pieces_.size() && bucket_->pins().pin(pieces_[pinned_].blob)) ++pinned_;
  return pinned_ == pieces_.size();
}

Task<Result<void>> ObjectBody::prime(OpContext op) {
  CO_TRY(Buffer first, co_await fetch(op));
  primed_ = std::move(first);
  co_return Result<void>();
}

std::optional<Buffer> ObjectBody::take_whole() {
  if (left_ > 0) return std::nullopt;
  return std::exchange(primed_, std::nullopt);
}

Task<Result<Buffer>> ObjectBody::read(OpContext op) {
  if (primed_) {
    Buffer first = *std::exchange(primed_, std::nullopt);
    co_return first;
  }
  co_return co_await fetch(op);
}

Task<Result<Buffer>> ObjectBody::fetch(OpContext op) {
  while (left_ > 0 && at_piece_ < pieces_.size() && at_offset_ == pieces_[at_piece_].size) {
    ++at_piece_;
    at_offset_ = 0;
  }
  if (left_ == 0) co_return Buffer();
  if (at_piece_ == pieces_.size()) co_return Error(ErrorCode::kCorrupt, "a version's pieces are shorter than its size");
  const Piece piece = pieces_[at_piece_];
  Buffer bytes;
  if (data_key_.empty()) {
    const std::uint64_t length = std::min({kReadBytes, left_, piece.size - at_offset_});
    CO_TRY(bytes, co_await stores_.blobs.read(op, piece.blob, at_offset_, length));
  } else {
    // Up to a chunk boundary, so that no chunk is opened twice in a sequential read.
    const std::uint64_t length = std::min({kReadBytes - at_offset_ % keys::kSealChunkSize, left_, piece.size - at_offset_});
    CO_TRY(bytes, co_await read_sealed(op, piece, at_offset_, length));
  }
  if (bytes.empty()) co_return Error(ErrorCode::kCorrupt, "a blob is shorter than its piece");
  at_offset_ += bytes.size();
  left_ -= bytes.size();
  co_return bytes;
}

Task<Result<Buffer>> ObjectBody::read_sealed(OpContext op, Piece piece, std::uint64_t offset, std::uint64_t length) {
  if (opener_piece_ != at_piece_) {
    opener_.emplace(data_key_, piece.blob);
    opener_piece_ = at_piece_;
  }
  const keys::SealedRange range = keys::sealed_range(offset, length, piece.size);
  CO_TRY(const Buffer stored, co_await stores_.blobs.read(op, piece.blob, range.stored_offset, range.stored_length));
  if (stored.size() != range.stored_length) co_return Error(ErrorCode::kCorrupt, "a sealed blob is shorter than its piece");
  Result<Bytes> opened = Bytes();
  if (stored.size() > kOffloadAboveBytes) {
    opened = co_await offload(stores_.runtime.executor, WorkerClass::kPool, [this, stored, range] { return opener_->open(range.first_chunk, stored.view()); });
  } else {
    opened = opener_->open(range.first_chunk, stored.view());
  }
  if (!opened) co_return std::move(opened).error();
  if (opened->size() < range.skip + length) co_return Error(ErrorCode::kCorrupt, "a sealed blob is shorter than its piece");
  co_return Buffer(*std::move(opened)).slice(range.skip, length);
}

}  // namespace farshore::objects
