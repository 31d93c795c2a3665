// SPDX-License-Identifier: Apache-2.0
#include "api/common/bucket_ids.h"

#include "codec/text.h"

namespace farshore::api {
namespace {

const Bytes kRow = "bucket-ids";
constexpr int kRegionShift = 48;

}  // namespace

Task<Result<void>> BucketIds::reserve(OpContext op) {
  while (true) {
    CO_TRY(const std::optional<storage::Row> row, co_await partition_->get(op, kRow));
    const auto first = row ? codec::parse_decimal<std::uint64_t>(row->value) : std::optional<std::uint64_t>(1);
    if (!first || *first + kBlock >= std::uint64_t{1} << kRegionShift) co_return Error(ErrorCode::kCorrupt, "the counter of bucket ids is unreadable");
    storage::Batch batch;
    batch.expect_same(kRow, row);
    batch.put(kRow, std::to_string(*first + kBlock));
    const auto committed = co_await partition_->commit(op, std::move(batch));
    if (committed) {
      next_ = *first;
      end_ = *first + kBlock;
      co_return Result<void>();
    }
    // Another writer of this process took a block meanwhile: each round somebody gets on, so this ends.
    if (committed.error().code() != ErrorCode::kExpectationFailed) co_return committed.error();
  }
}

Task<Result<BucketId>> BucketIds::next(OpContext op) {
  CO_TRY(const AsyncMutex::Guard guard, co_await reserving_.lock(op));
  if (next_ == end_) CO_TRY_OK(co_await reserve(op));
  co_return BucketId(std::uint64_t{region_.get()} << kRegionShift | next_++);
}

}  // namespace farshore::api
