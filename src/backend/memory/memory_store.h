// SPDX-License-Identifier: Apache-2.0
// MemoryStore: the storage ports over ordered maps, as an honest test double and for the simulator.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>

#include "backend/memory/memory_medium.h"
#include "runtime/runtime.h"
#include "storage/blob_store.h"
#include "storage/partition.h"

namespace farshore::backend {

class MemoryPartition;

/// How a commit is made to fail.
enum class CommitFault : std::uint8_t {
  kLost,             ///< kStorageUnavailable, and nothing was written
  kAppliedUnsaid,    ///< kStorageUnavailable, but it was written
  kFull,             ///< kStorageFull, nothing was written
};

/// Knobs of a MemoryStore that a test may turn at any time.
struct MemoryBehaviour {
  Duration read_delay_max = std::chrono::microseconds(100);    ///< virtual; reads take at least one turn of the loop
  Duration commit_delay_max = std::chrono::microseconds(300);  ///< until a commit that took its place is durable
  bool full = false;                                           ///< no new blobs, no commit that adopts one; the rest goes on
  bool unavailable = false;                                    ///< reads and commits fail with kStorageUnavailable, nothing is written
  std::optional<CommitFault> next_commit;                      ///< strikes once, at the next commit that passes its expectations
};

/// Metadata and blobs of one region in memory.
///
/// Reads and commits suspend, and a commit becomes durable some virtual time after it took its place, so tests see the
/// interleavings that a disk would cause. Destroying the store is a power cut: commits that are not yet durable never happen; a
/// new store over the same medium finds what was. Loop thread only; owned by the composition root.
class MemoryStore final : public storage::MetadataStore, public storage::BlobStore {
 public:
  MemoryStore(Runtime runtime, RegionNumber region, std::shared_ptr<MemoryMedium> medium = std::make_shared<MemoryMedium>());
  ~MemoryStore() override;

  Task<Result<std::shared_ptr<storage::Partition>>> open(OpContext op, PartitionId id) override;
  Task<Result<void>> drop(OpContext op, PartitionId id) override;
  Task<Result<std::unique_ptr<storage::BlobWriter>>> create(OpContext op, std::optional<std::uint64_t> size_hint) override;
  Task<Result<Buffer>> read(OpContext op, BlobId blob, std::uint64_t offset, std::uint64_t length) override;
  Task<Result<void>> discard(OpContext op, BlobId blob) override;

  MemoryBehaviour& behaviour() { return shared_->behaviour; }
  const std::shared_ptr<MemoryMedium>& medium() const { return shared_->medium; }

  /// What the store, its partitions and its writers have in common; outlives the store while one of them is held.
  struct Shared {
    Runtime runtime;
    RegionNumber region;
    std::shared_ptr<MemoryMedium> medium;
    std::uint64_t generation;
    MemoryBehaviour behaviour;
    /// False once a newer store was built on the medium.
    bool current() const { return medium->generation == generation; }
    /// Suspends for a random virtual moment of at most `longest`.
    Task<void> pause(Duration longest);
  };

 private:
  std::shared_ptr<Shared> shared_;
  std::map<PartitionId, std::shared_ptr<MemoryPartition>> open_;
};

}  // namespace farshore::backend
