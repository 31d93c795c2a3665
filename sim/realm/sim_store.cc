// SPDX-License-Identifier: Apache-2.0
#include "sim/realm/sim_store.h"

#include <optional>

#include "backend/local/local_store.h"
#include "backend/memory/memory_store.h"
#include "base/check.h"
#include "sim/world/sim_disk.h"

namespace farshore::sim {
namespace {

class OnMemory : public SimStore {
 public:
  explicit OnMemory(Random& random) : random_(random) {}
  Task<Result<void>> open(Runtime runtime, RegionNumber region) override {
    store_ = std::make_unique<backend::MemoryStore>(runtime, region, medium_);
    store_->behaviour().full = full_;
    co_return Result<void>();
  }
  void crash() override {
    ++medium_->generation;  // whoever still holds a partition can change nothing
    store_.reset();
  }
  storage::MetadataStore& metadata() override { return *store_; }
  storage::BlobStore& blobs() override { return *store_; }
  bool strike() override {
    if (store_) store_->behaviour().next_commit = random_.below(2) == 0 ? backend::CommitFault::kLost : backend::CommitFault::kAppliedUnsaid;
    return false;
  }
  void back_up() override { backup_ = *medium_; }
  void restore_backup() override {
    FS_CHECK(!store_ && backup_);
    const std::uint64_t generation = medium_->generation;
    const std::uint64_t blobs = medium_->blobs_created;
    *medium_ = *backup_;
    medium_->generation = generation;
    medium_->blobs_created = blobs;  // a blob id is never given twice, whatever was restored
  }
  void set_full(bool full) override {
    full_ = full;
    if (store_) store_->behaviour().full = full;
  }

 private:
  Random& random_;
  std::shared_ptr<backend::MemoryMedium> medium_ = std::make_shared<backend::MemoryMedium>();
  std::unique_ptr<backend::MemoryStore> store_;
  std::optional<backend::MemoryMedium> backup_;
  bool full_ = false;
};

/// Small files, so that a short run meets segment changes, checkpoints and compaction.
backend::LocalSettings small_settings() {
  backend::LocalSettings settings;
  settings.segment_bytes = 1u << 20;
  settings.segment_grow_bytes = 128u << 10;
  settings.spare_segments = 1;
  settings.inline_max_bytes = 32u << 10;
  settings.group_max_bytes = 256u << 10;
  settings.group_max_commits = 64;
  settings.queued_max_bytes = 1u << 20;
  settings.checkpoint_bytes = 512u << 10;
  settings.reserve_bytes = 0;
  settings.scrub_bytes_per_second = 0;
  return settings;
}

class OnDisk : public SimStore {
 public:
  explicit OnDisk(Random& random) : random_(random), disk_(random) {
    // A miss is drawn anew at every look, so that a batch of hundreds of rows would never find all of them warm.
    disk_.cold_percent = 0;
  }
  ~OnDisk() override {
    if (store_) store_->abandon();
  }
  Task<Result<void>> open(Runtime runtime, RegionNumber region) override {
    CO_TRY(store_, co_await backend::LocalStore::open(runtime, disk_, std::make_unique<SimIndex>(disk_, index_, random_), small_settings(), region));
    co_return Result<void>();
  }
  void crash() override {
    if (store_) store_->abandon();
    store_.reset();
    disk_.power_cut();
    index_.lose_unflushed(random_);
  }
  storage::MetadataStore& metadata() override { return *store_; }
  storage::BlobStore& blobs() override { return *store_; }
  bool strike() override {
    if (disk_.stopped()) return true;
    disk_.stop_at_step(disk_.steps() + 1 + random_.below(12));
    return true;
  }
  void back_up() override { FS_CHECK(false); }
  void restore_backup() override { FS_CHECK(false); }
  void set_full(bool full) override { disk_.capacity_bytes = full ? 0 : std::uint64_t{1} << 40; }

 private:
  Random& random_;
  SimDisk disk_;
  SimIndexMedium index_;
  std::unique_ptr<backend::LocalStore> store_;
};

}  // namespace

std::unique_ptr<SimStore> make_store(StoreKind kind, Random& random) {
  if (kind == StoreKind::kLocal) return std::make_unique<OnDisk>(random);
  return std::make_unique<OnMemory>(random);
}

}  // namespace farshore::sim
