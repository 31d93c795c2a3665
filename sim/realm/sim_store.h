// SPDX-License-Identifier: Apache-2.0
// SimStore: the storage of one simulated region: a medium that survives crashes and the store that is built on it anew.
#pragma once

#include <memory>

#include "runtime/runtime.h"
#include "storage/blob_store.h"
#include "storage/partition.h"

namespace farshore::sim {

/// Port: what a SimRegion needs of a backend. The medium lives as long as this; open() after every crash.
class SimStore {
 public:
  virtual ~SimStore() = default;
  virtual Task<Result<void>> open(Runtime runtime, RegionNumber region) = 0;
  /// Power cut: whatever was not durable is gone.
  virtual void crash() = 0;
  virtual storage::MetadataStore& metadata() = 0;
  virtual storage::BlobStore& blobs() = 0;
  /// A commit soon fails, done or not done, without saying which. True: the store writes no more until the region is crashed.
  virtual bool strike() = 0;
  /// Takes a backup of all that is durable now / puts it back in place of what there is (while crashed). StoreKind::kMemory only.
  virtual void back_up() = 0;
  virtual void restore_backup() = 0;
  /// The disk takes no new content (true) or does again.
  virtual void set_full(bool full) = 0;
};

enum class StoreKind : unsigned char { kMemory, kLocal };

/// `random` is the world's.
std::unique_ptr<SimStore> make_store(StoreKind kind, Random& random);

}  // namespace farshore::sim
