// SPDX-License-Identifier: Apache-2.0
// MemoryMedium: what a memory store would find again after a restart, as a disk would hold it.
#pragma once

#include <cstdint>
#include <map>

#include "base/bytes.h"
#include "model/hybrid_time.h"
#include "model/ids.h"
#include "storage/partition.h"

namespace farshore::backend {

/// The durable half of a MemoryStore: plain values, changed only at the moment a commit becomes durable. A test that restarts a
/// region keeps the medium and builds a new store on it. Not a store of its own. Loop thread only.
struct MemoryMedium {
  struct StoredRow {
    Bytes value;
    Sequence version;
  };
  struct StoredPartition {
    std::map<Bytes, StoredRow, std::less<>> rows;
    std::map<Sequence, storage::JournalEntry> journal;
    Sequence last;
    Sequence trimmed;  ///< the highest entry that was dropped
    HybridTime high_water;
  };
  struct StoredBlob {
    Buffer content;
    std::uint64_t references = 0;  ///< by durable commits
    std::uint64_t planned = 0;     ///< by all commits that have taken their place, durable or not
  };

  std::map<PartitionId, StoredPartition> partitions;
  std::map<BlobId, StoredBlob> blobs;  ///< finished ones
  std::uint64_t blobs_created = 0;
  std::uint64_t generation = 0;  ///< rises with every store built on this medium and fences the earlier ones
};

}  // namespace farshore::backend
