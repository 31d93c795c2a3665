// SPDX-License-Identifier: Apache-2.0
// SimStore: the storage of one simulated region: a medium that survives crashes and the store that is built on it anew.
#pragma once

#include <memory>

#include "backend/local/settings.h"
#include "runtime/runtime.h"
#include "storage/blob_store.h"
#include "storage/partition.h"

namespace farshore::sim {

/// How a region ends without being asked. A memory store knows no difference.
enum class CrashKind : unsigned char {
  kPowerCut,          ///< of what was not synced, the disk keeps and tears what it likes
  kPowerCutLosesAll,  ///< nothing that was not synced is kept
  kKilled,            ///< the process ends; the system keeps what was written
};

/// What a store holds, to see that it stays bounded.
struct StoreUse {
  std::uint64_t blobs = 0;       ///< contents that lie apart from the rows: all of them in memory, extent files on disk
  std::uint64_t disk_bytes = 0;  ///< of all files; 0 in memory
};

/// Port: what a SimRegion needs of a backend. The medium lives as long as this; open() after every crash.
class SimStore {
 public:
  virtual ~SimStore() = default;
  virtual Task<Result<void>> open(Runtime runtime, RegionNumber region) = 0;
  /// Whatever was not durable is gone (or not, as the kind says).
  virtual void crash(CrashKind kind) = 0;
  /// It has met a failed write and writes no more: a server would end its process.
  virtual bool failed() const = 0;
  /// The next opening stops at one of its first steps on the disk. False: this kind has no such steps.
  virtual bool strike_opening() = 0;
  virtual storage::MetadataStore& metadata() = 0;
  virtual storage::BlobStore& blobs() = 0;
  /// A commit soon fails, done or not done, without saying which. True: the store writes no more until the region is crashed.
  virtual bool strike() = 0;
  /// A strike that has hit nothing yet will not.
  virtual void calm() = 0;
  /// Takes a backup of all that is durable now / puts it back in place of what there is (while crashed). StoreKind::kMemory only.
  virtual void back_up() = 0;
  virtual void restore_backup() = 0;
  virtual bool can_back_up() const = 0;
  /// The disk takes no new content (true) or does again.
  virtual void set_full(bool full) = 0;
  /// It is full in a way that leaves room for rows: deletions must go on.
  virtual bool refuses_bodies_only() const = 0;
  /// How long it may take over a new content before it begins.
  Duration content_delay_max{};
  /// Every second content cannot be read, as if its checksum were wrong (true), or can be again.
  virtual void set_rotten(bool rotten) = 0;
  /// Turns one bit of a synced content over, or turns it back if one was turned. False if there is none to turn.
  virtual bool turn_bit() = 0;
  virtual StoreUse use() const = 0;
};

enum class StoreKind : unsigned char { kMemory, kLocal };

/// Small files, so that a short run meets segment changes, checkpoints and compaction.
backend::LocalSettings small_local_settings();

/// `random` is the world's.
std::unique_ptr<SimStore> make_store(StoreKind kind, Random& random, const backend::LocalSettings& local);

}  // namespace farshore::sim
