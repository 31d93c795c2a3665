// SPDX-License-Identifier: Apache-2.0
// BucketIds: gives the ids of new buckets, unique in the realm and never reused.
//
//   row    := "bucket-ids"                  in the region partition
//   value  := ascii decimal                 the first number not yet reserved
#pragma once

#include <cstdint>
#include <memory>

#include "model/ids.h"
#include "runtime/executor.h"
#include "runtime/wait.h"
#include "storage/partition.h"

namespace farshore::api {

/// Region number above, a durable counter below. Numbers are reserved in small blocks, so a restart skips some. Loop thread only.
class BucketIds {
 public:
  static constexpr std::uint64_t kBlock = 16;
  BucketIds(Executor& executor, std::shared_ptr<storage::Partition> region_partition, RegionNumber region)
      : partition_(std::move(region_partition)), region_(region), reserving_(executor) {}
  /// Errors: those of the partition.
  Task<Result<BucketId>> next(OpContext op);

 private:
  Task<Result<void>> reserve(OpContext op);
  std::shared_ptr<storage::Partition> partition_;
  RegionNumber region_;
  AsyncMutex reserving_;
  std::uint64_t next_ = 0;
  std::uint64_t end_ = 0;
};

}  // namespace farshore::api
