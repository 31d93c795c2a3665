// SPDX-License-Identifier: Apache-2.0
#include "backend/local/blob_writer.h"

#include "crypto/crc32c.h"

namespace farshore::backend {
namespace {

constexpr std::uint64_t kWriteBytes = 1u << 20;

Buffer joined(std::vector<Buffer> pieces) {
  if (pieces.size() == 1) return std::move(pieces.front());
  Bytes all;
  for (const Buffer& piece : pieces) all += piece.view();
  return Buffer(std::move(all));
}

Error misused() { return Error(ErrorCode::kInternalError, "a blob is written after its end or after an error"); }

}  // namespace

LocalBlobWriter::~LocalBlobWriter() {
  if (extent_ != nullptr && !finished_) {
    extent_.reset();
    waste_->add(id_);
  }
}

Task<Result<void>> LocalBlobWriter::write(OpContext, Buffer bytes) {
  if (finished_ || failed_) co_return misused();
  length_ += bytes.size();
  buffered_ += bytes.size();
  if (!large()) crc_ = crypto::crc32c_update(crc_, bytes.view());
  if (!bytes.empty()) pieces_.push_back(std::move(bytes));
  if (large() && buffered_ >= kWriteBytes) co_return co_await flush();
  co_return Result<void>();
}

Task<Result<void>> LocalBlobWriter::flush() {
  const bool begin = extent_ == nullptr;
  if (begin) {
    if (auto admitted = co_await core_.space->admit(std::max(length_, size_hint_)); !admitted) {
      failed_ = true;
      co_return std::move(admitted).error();
    }
    extent_ = std::make_unique<ExtentWriter>(core_.files, id_);
  } else if (!core_.space->has_room(buffered_)) {
    if (auto admitted = co_await core_.space->admit(buffered_); !admitted) {
      failed_ = true;
      co_return std::move(admitted).error();
    }
  }
  buffered_ = 0;
  auto written = co_await offload(core_.runtime.executor, WorkerClass::kPool,
                                  [this, begin, pieces = std::exchange(pieces_, {})]() -> Result<void> {
                                    if (begin) TRY_OK(extent_->begin(size_hint_));
                                    return extent_->append(pieces);
                                  });
  failed_ = !written;
  co_return written;
}

Task<Result<void>> LocalBlobWriter::finish(OpContext) {
  if (finished_ || failed_) co_return misused();
  FinishedBlob blob;
  blob.length = length_;
  if (large()) {
    if (buffered_ > 0 || extent_ == nullptr) CO_TRY_OK(co_await flush());
    if (auto done = co_await offload(core_.runtime.executor, WorkerClass::kPool, [this] { return extent_->finish(); }); !done) {
      failed_ = true;
      co_return done;
    }
    blob.extent = true;
  } else if (length_ <= kTinyBytesMax) {
    blob.tiny = joined(std::exchange(pieces_, {}));
  } else {
    blob.crc = crc_;
    blob.pieces = std::move(pieces_);
  }
  finished_ = true;
  core_.blobs.add(id_, std::move(blob));
  co_return Result<void>();
}

}  // namespace farshore::backend
