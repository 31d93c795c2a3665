// SPDX-License-Identifier: Apache-2.0
#include "backend/local/space_gate.h"

namespace farshore::backend {

Task<Result<void>> SpaceGate::admit(std::uint64_t bytes) {
  if (has_room(bytes)) co_return Result<void>();
  CO_TRY(const std::uint64_t free, co_await offload(executor_, WorkerClass::kPool, [this] { return files_.free_bytes(); }));
  free_ = free;
  if (has_room(bytes)) co_return Result<void>();
  co_return Error(ErrorCode::kStorageFull, "the disk is full; deletions and reads go on");
}

}  // namespace farshore::backend
