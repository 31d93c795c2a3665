// SPDX-License-Identifier: Apache-2.0
// LocalStore: the embedded storage engine: segment log, ordered index and extents behind the two storage ports.
#pragma once

#include <map>
#include <memory>

#include "backend/local/ordered_index.h"
#include "backend/local/settings.h"
#include "model/ids.h"
#include "runtime/file_system.h"
#include "runtime/runtime.h"
#include "runtime/task_scope.h"
#include "storage/blob_store.h"
#include "storage/partition.h"

namespace farshore::backend {

struct StoreCore;
class BlobReader;
class LocalPartition;
class StoreObserver;

/// One region's rows and bodies on one disk. Loop thread only; blocking work goes to the workers.
///
/// Start       open() recovers whatever a crash left, or refuses with kCorrupt and changes nothing that matters
/// Failure     after a failed write or sync the store stops writing for good (failed()): close it and open it anew,
///             which in a server means ending the process. Reads go on.
/// End         close(), after the last use; a partition that is still held must not be called any more.
class LocalStore final : public storage::MetadataStore, public storage::BlobStore {
 public:
  /// `files` must outlive the store. Two processes must not open one directory: RocksIndex, which locks its own
  /// directory, guards the whole when it is opened first.
  /// Errors: kInvalidArgument (settings, another region's directory), kCorrupt, kStorageUnavailable, kStorageFull.
  static Task<Result<std::unique_ptr<LocalStore>>> open(Runtime runtime, FileSystem& files, std::unique_ptr<OrderedIndex> index,
                                                        LocalSettings settings, RegionNumber region);
  ~LocalStore() override;
  /// Waits for commits under way, stops the background work and makes the index durable. Nothing may be called after it.
  Task<Result<void>> close();
  /// Power cut: everything stops where it stands. For the simulator only.
  void abandon();

  Task<Result<std::shared_ptr<storage::Partition>>> open(OpContext op, PartitionId id) override;
  Task<Result<void>> drop(OpContext op, PartitionId id) override;

  Task<Result<std::unique_ptr<storage::BlobWriter>>> create(OpContext op, std::optional<std::uint64_t> size_hint) override;
  Task<Result<Buffer>> read(OpContext op, BlobId blob, std::uint64_t offset, std::uint64_t length) override;
  Task<Result<void>> discard(OpContext op, BlobId blob) override;

  /// Whether the store has stopped writing.
  bool failed() const;
  /// Notified when it does.
  Signal& failure() { return failure_; }

  /// Gives back every segment that can be given back now, compacting where it pays. The background does the same, slowly.
  Task<Result<void>> compact_now();
  /// Reads every blob once and gives how many were damaged.
  Task<Result<std::uint64_t>> scrub_now();

 private:
  friend StoreObserver;
  LocalStore(Runtime runtime, FileSystem& files, std::unique_ptr<OrderedIndex> index, LocalSettings settings);
  void start();
  Task<void> checkpoints();
  Task<void> segment_care();
  Task<void> extent_care();
  Task<void> scrubbing();
  Task<void> orphans();
  Task<Result<void>> checkpoint();
  /// At most one at a time: under a steady load, filling files ahead would cost more of the disk than it saves.
  Task<Result<void>> write_spare();
  /// `bytes_per_second`: 0 for no limit.
  Task<Result<void>> compact(std::uint64_t bytes_per_second);
  Task<Result<void>> compact_segment(std::uint64_t segment, std::uint64_t bytes_per_second);
  Task<Result<void>> recycle_dead();
  Task<Result<std::uint64_t>> scrub(std::uint64_t bytes_per_second);
  OpContext background() const;

  std::unique_ptr<StoreCore> core_;
  std::unique_ptr<BlobReader> reader_;
  std::unique_ptr<StoreObserver> observer_;
  std::map<PartitionId, std::shared_ptr<LocalPartition>> partitions_;
  Signal failure_;
  Signal checkpoint_due_;
  std::uint64_t bytes_since_checkpoint_ = 0;
  std::uint64_t spares_made_ = 0;
  TaskScope writing_;  ///< the committer: ends when nothing waits
  TaskScope scope_;    ///< everything else
};

}  // namespace farshore::backend
