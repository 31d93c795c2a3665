// SPDX-License-Identifier: Apache-2.0
#include "backend/local/blob_reader.h"

#include <algorithm>

#include <fmt/format.h>

#include "backend/local/little_endian.h"
#include "crypto/crc32c.h"

namespace farshore::backend {
namespace {

constexpr std::uint64_t kReadMaxBytes = 1u << 20;
/// Copying and checking more than this is left to a worker even if no disk has to be waited for.
constexpr std::uint64_t kOnLoopMaxBytes = 256u << 10;
constexpr std::size_t kOpenExtentsMax = 64;
/// A blob may be moved by compaction between looking and reading, but not again and again.
constexpr int kMovedAttemptsMax = 4;

Bytes join(const std::vector<Buffer>& pieces) {
  Bytes all;
  for (const Buffer& piece : pieces) all.append(piece.view());
  return all;
}

Result<Buffer> checked(Bytes bytes, std::size_t got, const BlobRow& row) {
  if (got != row.length || crypto::crc32c(bytes) != row.crc) {
    return Error(ErrorCode::kCorrupt, "a stored body is damaged: its checksum does not match");
  }
  return Buffer(std::move(bytes));
}

Result<std::optional<BlobRow>> parsed(const std::optional<Bytes>& stored) {
  if (!stored) return std::optional<BlobRow>();
  TRY(BlobRow row, parse_blob(*stored));
  return std::optional<BlobRow>(std::move(row));
}

Error segment_gone() { return Error(ErrorCode::kNotFound, "the segment of a body is gone"); }

Error absent(BlobId blob) {
  return Error(ErrorCode::kNotFound, "there is no such blob").with("blob", fmt::format("{:016x}", blob.get()));
}

}  // namespace

std::shared_ptr<const Extent> ExtentCache::find(BlobId blob) {
  const auto found = entries_.find(blob);
  if (found == entries_.end()) return nullptr;
  order_.splice(order_.begin(), order_, found->second);
  return found->second->extent;
}

void ExtentCache::add(BlobId blob, std::shared_ptr<const Extent> extent) {
  remove(blob);
  order_.push_front(Entry{blob, std::move(extent)});
  entries_[blob] = order_.begin();
  if (order_.size() > extents_max_) remove(order_.back().blob);
}

void ExtentCache::remove(BlobId blob) {
  const auto found = entries_.find(blob);
  if (found == entries_.end()) return;
  order_.erase(found->second);
  entries_.erase(found);
}

BlobReader::BlobReader(StoreCore& core)
    : core_(core),
      extents_(kOpenExtentsMax),
      corrupt_(core.runtime.metrics.counter("farshore_backend_corrupt_reads_total", "Reads whose checksum did not match")) {}

Task<Result<std::optional<BlobRow>>> BlobReader::row_from_disk(BlobId blob) {
  const Bytes key = blob_key(blob);
  OrderedIndex& index = *core_.index;
  CO_TRY(const std::optional<Bytes> stored, co_await offload(core_.runtime.executor, WorkerClass::kPool, [&index, &key] { return index.get(key); }));
  co_return parsed(stored);
}

Task<Result<Buffer>> BlobReader::read(BlobId blob, std::uint64_t offset, std::uint64_t length) {
  length = std::min(length, kReadMaxBytes);
  if (const FinishedBlob* finished = core_.blobs.find(blob)) {
    if (offset >= finished->length || length == 0) co_return Buffer();
    if (finished->tiny) co_return finished->tiny->slice(offset, length);
    if (!finished->extent) co_return Buffer(join(finished->pieces)).slice(offset, length);
    co_return co_await read_extent(blob, offset, std::min(length, finished->length - offset));
  }
  std::optional<BlobRow> where;
  if (const auto known = core_.rows.look_up(blob_key(blob))) {
    CO_TRY(where, parsed(*known));
  } else {
    CO_TRY(where, co_await row_from_disk(blob));
  }
  for (int attempt = 0; where; ++attempt) {
    if (offset >= where->length || length == 0) co_return Buffer();
    if (where->place == BlobRow::Place::kRow) co_return Buffer(std::move(where->bytes)).slice(offset, length);
    Result<Buffer> bytes = Buffer();
    const bool extent = where->place == BlobRow::Place::kExtent;
    if (extent) {
      bytes = co_await read_extent(blob, offset, std::min(length, where->length - offset));
    } else {
      auto cached = read_inline_cached(*where);
      if (!cached) {
        bytes = std::move(cached).error();
      } else if (*cached) {
        bytes = **std::move(cached);
      } else {
        bytes = co_await read_inline(*where);
      }
    }
    if (bytes) co_return extent ? *std::move(bytes) : bytes->slice(offset, length);
    // Freed or moved meanwhile, and its place used for something else? Then the row has changed.
    const auto code = bytes.error().code();
    if (code != ErrorCode::kCorrupt && code != ErrorCode::kNotFound) co_return std::move(bytes).error();
    const BlobRow tried = *where;
    core_.rows.forget(blob_key(blob));
    // The index may be a moment ahead of this loop and name a segment that was opened just now: what the disk worker is doing has to land first.
    const bool ahead = code == ErrorCode::kNotFound && attempt == 0;
    if (ahead) co_await offload(core_.runtime.executor, WorkerClass::kDisk, [] {});
    CO_TRY(where, co_await row_from_disk(blob));
    const bool same_place = where && where->segment == tried.segment && where->offset == tried.offset;
    if (where && (attempt == kMovedAttemptsMax || (same_place && !ahead))) {
      corrupt_.add();
      co_return Error(ErrorCode::kCorrupt, "a stored body cannot be read back")
          .with("blob", fmt::format("{:016x}", blob.get()))
          .caused_by(bytes.error());
    }
  }
  co_return absent(blob);
}

Result<std::optional<Buffer>> BlobReader::read_inline_cached(const BlobRow& row) {
  if (row.length == 0) return std::optional<Buffer>(Buffer());
  const std::shared_ptr<File> file = core_.segments.file(row.segment);
  if (file == nullptr) return segment_gone();
  Bytes bytes = room_for(row.length);
  TRY(const std::optional<std::size_t> got, file->read_cached(row.offset, bytes));
  if (!got || *got < row.length) return std::optional<Buffer>();
  TRY(Buffer whole, checked(std::move(bytes), *got, row));
  return std::optional<Buffer>(std::move(whole));
}

Task<Result<Buffer>> BlobReader::read_inline(BlobRow row) {
  const std::shared_ptr<File> file = core_.segments.file(row.segment);
  if (file == nullptr) co_return segment_gone();
  Bytes bytes = room_for(row.length);
  CO_TRY(const std::size_t got, co_await offload(core_.runtime.executor, WorkerClass::kPool, [&file, &row, &bytes] { return file->read(row.offset, bytes); }));
  co_return checked(std::move(bytes), got, row);
}

Task<Result<Buffer>> BlobReader::read_extent(BlobId blob, std::uint64_t offset, std::uint64_t length) {
  std::shared_ptr<const Extent> extent = extents_.find(blob);
  if (extent == nullptr) {
    FileSystem& files = core_.files;
    CO_TRY(extent, co_await offload(core_.runtime.executor, WorkerClass::kPool, [&files, blob] { return Extent::open(files, blob); }));
    extents_.add(blob, extent);
  } else if (length <= kOnLoopMaxBytes) {
    CO_TRY(std::optional<Buffer> cached, extent->read_cached(offset, length));
    if (cached) co_return *std::move(cached);
  }
  co_return co_await offload(core_.runtime.executor, WorkerClass::kPool, [&extent, offset, length] { return extent->read(offset, length); });
}

Task<Result<std::uint64_t>> BlobReader::verify(BlobId blob, const BlobRow& row, std::uint64_t offset) {
  // What stands in its row was verified with the index's own block.
  if (offset >= row.length || row.place == BlobRow::Place::kRow) co_return 0;
  Result<Buffer> bytes = Buffer();
  if (row.place == BlobRow::Place::kExtent) {
    bytes = co_await read_extent(blob, offset, std::min(kReadMaxBytes, row.length - offset));
  } else {
    bytes = co_await read_inline(row);
  }
  // Damaged, or freed or moved meanwhile.
  if (!bytes) bytes = co_await read(blob, offset, kReadMaxBytes);
  if (!bytes) co_return std::move(bytes).error();
  co_return bytes->size();
}

}  // namespace farshore::backend
