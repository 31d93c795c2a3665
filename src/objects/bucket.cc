// SPDX-License-Identifier: Apache-2.0
#include "objects/bucket.h"

#include "crypto/crc64.h"
#include "storage/keys.h"
#include "storage/records.h"

namespace farshore::objects {

Bucket::Bucket(Stores stores, std::shared_ptr<storage::Partition> partition, Guard guard)
    : stores_(stores),
      partition_(std::move(partition)),
      guard_(std::move(guard)),
      settings_lock_(stores.runtime.executor),
      gate_(stores.runtime.executor) {
  for (std::size_t i = 0; i < kLockStripes; ++i) locks_.emplace_back(stores.runtime.executor);
}

Task<Result<AsyncMutex::Guard>> Bucket::lock(OpContext op, std::string key) {
  // A hash that is the same everywhere, so that a simulation repeats itself on every machine.
  AsyncMutex& stripe = locks_[crypto::crc64(key) % kLockStripes];
  if (auto free = stripe.try_lock()) co_return *std::move(free);
  co_return co_await stripe.lock(std::move(op));
}

Task<Result<void>> Bucket::refresh(OpContext op) {
  CO_TRY(std::optional<storage::Row> row, co_await partition_->get(op, storage::guard_row()));
  if (!row) co_return Error(ErrorCode::kNoSuchBucket, "the bucket is gone");
  if (row->version > guard_.version) {
    CO_TRY(BucketSettings settings, storage::decode_settings(row->value));
    // Another reader may have been faster while nothing here suspends; the newer one wins either way.
    guard_ = Guard{std::make_shared<const BucketSettings>(std::move(settings)), row->version};
  }
  co_return Result<void>();
}

Task<Result<void>> Bucket::enter(OpContext op) {
  while (gate_closed_) CO_TRY_OK(woken_result(co_await gate_.wait(op)));
  ++inside_;
  co_return Result<void>();
}

void Bucket::leave() {
  --inside_;
  gate_.notify_all();
}

}  // namespace farshore::objects
