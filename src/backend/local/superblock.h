// SPDX-License-Identifier: Apache-2.0
// Superblock: whose store this is and how often it has been opened. Written atomically, before anything else at a start.
//
//   meta/superblock := "FSSB" crc(4) version(4) region(2) epoch(8)      crc: CRC-32C of what follows it; little endian
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "model/ids.h"
#include "runtime/file_system.h"

namespace farshore::backend {

struct Superblock {
  RegionNumber region;
  std::uint64_t epoch = 0;  ///< of the latest start; every start takes a new one, so that no two ever write the same epoch
};

/// Nothing if the store is new. Errors: kCorrupt (also a version of the future), kStorageUnavailable. Blocking.
Result<std::optional<Superblock>> read_superblock(FileSystem& files);
Result<void> write_superblock(FileSystem& files, const Superblock& superblock);

}  // namespace farshore::backend
