// SPDX-License-Identifier: Apache-2.0
// SpaceGate: refuses bodies while the disk is nearly full, so that deletions always find room.
#pragma once

#include <cstdint>

#include "runtime/runtime.h"
#include "runtime/file_system.h"
#include "runtime/task.h"
#include "runtime/wait.h"

namespace farshore::backend {

/// Loop thread only.
class SpaceGate {
 public:
  SpaceGate(Executor& executor, FileSystem& files, std::uint64_t reserve_bytes, std::uint64_t free_bytes)
      : executor_(executor), files_(files), reserve_(reserve_bytes), free_(free_bytes) {}
  /// What a look at the disk has shown.
  void observe(std::uint64_t free_bytes) { free_ = free_bytes; }
  /// ok if `bytes` more leave the reserve whole. Looks at the disk before it refuses. Error: kStorageFull.
  Task<Result<void>> admit(std::uint64_t bytes);
  /// The same without looking: for callers that cannot wait.
  bool has_room(std::uint64_t bytes) const { return free_ >= reserve_ && free_ - reserve_ >= bytes; }

 private:
  Executor& executor_;
  FileSystem& files_;
  std::uint64_t reserve_;
  std::uint64_t free_;
};

}  // namespace farshore::backend
