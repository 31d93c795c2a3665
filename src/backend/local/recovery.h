// SPDX-License-Identifier: Apache-2.0
// Recovery: from what a crash left to a log that can be written again.
#pragma once

#include <cstdint>
#include <map>
#include <memory>

#include "backend/local/applier.h"
#include "backend/local/ordered_index.h"
#include "backend/local/segment_log.h"
#include "backend/local/settings.h"
#include "model/ids.h"
#include "runtime/file_system.h"

namespace farshore::backend {

struct Recovered {
  std::uint64_t epoch = 0;
  std::unique_ptr<SegmentLog> log;
  std::unique_ptr<Applier> applier;
  std::map<std::uint64_t, std::shared_ptr<File>> segments;  ///< of records, not spares
  std::uint64_t replayed = 0;
  std::uint64_t free_bytes = 0;
};

/// Takes a new epoch, replays what the index has not seen, and starts a new segment. Blocking; `settings` must outlive the result.
///
/// A record that is not whole ends the log, unless a later record proves that it had been synced: then a disk has lost
/// what it had promised, and the store refuses to open rather than forget an acknowledged commit.
/// Errors      kCorrupt: do not delete anything; restore the disk or start from a replica
///             kInvalidArgument: the directory belongs to another region
///             kStorageUnavailable, kStorageFull
Result<Recovered> recover(FileSystem& files, OrderedIndex& index, const LocalSettings& settings, RegionNumber region);

/// Removes extent files that no blob row names and that no writer of this epoch can be writing. Blocking.
Result<std::uint64_t> remove_orphans(FileSystem& files, OrderedIndex& index, std::uint64_t epoch);

/// Blob ids carry the epoch of their making above a counter, so that none is ever given twice.
inline constexpr unsigned kBlobCounterBits = 40;
inline std::uint64_t blob_epoch(BlobId blob) { return blob.get() >> kBlobCounterBits; }

}  // namespace farshore::backend
