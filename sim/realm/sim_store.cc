// SPDX-License-Identifier: Apache-2.0
#include "sim/realm/sim_store.h"

#include <optional>
#include <utility>

#include "backend/local/local_store.h"
#include "backend/memory/memory_store.h"
#include "base/check.h"
#include "sim/world/sim_disk.h"

namespace farshore::sim {
namespace {

/// Passes everything on, but for contents that have gone bad; and it may take its time over new ones.
class RottenBlobs : public storage::BlobStore {
 public:
  RottenBlobs(storage::BlobStore& good, Runtime runtime, const Duration& delay_max) : good_(good), runtime_(runtime), delay_max_(delay_max) {}
  Task<Result<std::unique_ptr<storage::BlobWriter>>> create(OpContext op, std::optional<std::uint64_t> size_hint) override {
    // Nobody's cancellation ends what a disk has begun.
    if (delay_max_ > Duration()) {
      const auto delay = runtime_.random.below(static_cast<std::uint64_t>(delay_max_.count()));
      co_await sleep_for(runtime_.executor, OpContext(), Duration(static_cast<std::int64_t>(delay)));
    }
    co_return co_await good_.create(std::move(op), size_hint);
  }
  Task<Result<Buffer>> read(OpContext op, BlobId blob, std::uint64_t offset, std::uint64_t length) override {
    if (rotten && blob.get() % 2 == 0) co_return Error(ErrorCode::kCorrupt, "the simulated content is damaged");
    co_return co_await good_.read(std::move(op), blob, offset, length);
  }
  Task<Result<void>> discard(OpContext op, BlobId blob) override { co_return co_await good_.discard(std::move(op), blob); }
  bool rotten = false;

 private:
  storage::BlobStore& good_;
  Runtime runtime_;
  const Duration& delay_max_;
};

class OnMemory : public SimStore {
 public:
  explicit OnMemory(Random& random) : random_(random) {}
  Task<Result<void>> open(Runtime runtime, RegionNumber region) override {
    store_ = std::make_unique<backend::MemoryStore>(runtime, region, medium_);
    store_->behaviour().full = full_;
    blobs_ = std::make_unique<RottenBlobs>(*store_, runtime, content_delay_max);
    blobs_->rotten = rotten_;
    co_return Result<void>();
  }
  void crash(CrashKind) override {
    ++medium_->generation;  // whoever still holds a partition can change nothing
    blobs_.reset();
    store_.reset();
  }
  void calm() override {
    if (store_) store_->behaviour().next_commit.reset();
  }
  bool strike_opening() override { return false; }
  bool failed() const override { return false; }
  storage::MetadataStore& metadata() override { return *store_; }
  storage::BlobStore& blobs() override { return *blobs_; }
  bool strike() override {
    if (store_) store_->behaviour().next_commit = random_.below(2) == 0 ? backend::CommitFault::kLost : backend::CommitFault::kAppliedUnsaid;
    return false;
  }
  void back_up() override { backup_ = *medium_; }
  bool can_back_up() const override { return true; }
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
  bool refuses_bodies_only() const override { return full_; }
  void set_rotten(bool rotten) override {
    rotten_ = rotten;
    if (blobs_) blobs_->rotten = rotten;
  }
  bool turn_bit() override { return false; }
  StoreUse use() const override { return {medium_->blobs.size(), 0}; }

 private:
  Random& random_;
  std::shared_ptr<backend::MemoryMedium> medium_ = std::make_shared<backend::MemoryMedium>();
  std::unique_ptr<backend::MemoryStore> store_;
  std::unique_ptr<RottenBlobs> blobs_;
  std::optional<backend::MemoryMedium> backup_;
  bool full_ = false;
  bool rotten_ = false;
};

class OnDisk : public SimStore {
 public:
  OnDisk(Random& random, const backend::LocalSettings& settings) : random_(random), disk_(random), settings_(settings) {
    // A miss is drawn anew at every look, so that a batch of hundreds of rows would never find all of them warm.
    disk_.cold_percent = 0;
  }
  ~OnDisk() override {
    if (store_) store_->abandon();
  }
  Task<Result<void>> open(Runtime runtime, RegionNumber region) override {
    CO_TRY(store_, co_await backend::LocalStore::open(runtime, disk_, std::make_unique<SimIndex>(disk_, index_, random_), settings_, region));
    blobs_ = std::make_unique<RottenBlobs>(*store_, runtime, content_delay_max);
    blobs_->rotten = rotten_;
    co_return Result<void>();
  }
  void crash(CrashKind kind) override {
    if (store_) store_->abandon();
    blobs_.reset();
    store_.reset();
    if (kind == CrashKind::kKilled) {
      // A disk that had stopped has torn its last write: that is a power cut, whoever killed the process.
      if (disk_.stopped()) {
        disk_.power_cut();
      } else {
        disk_.restart();
      }
    } else {
      disk_.power_cut(kind == CrashKind::kPowerCut ? UnsyncedSectors::kRandom : UnsyncedSectors::kLost);
    }
    index_.lose_unflushed(random_);
  }
  void calm() override {}  // who strikes a disk crashes its region at once
  bool failed() const override { return store_ && store_->failed(); }
  bool strike_opening() override {
    disk_.stop_at_step(disk_.steps() + 1 + random_.below(10));
    return true;
  }
  storage::MetadataStore& metadata() override { return *store_; }
  storage::BlobStore& blobs() override { return *blobs_; }
  bool strike() override {
    if (disk_.stopped()) return true;
    disk_.stop_at_step(disk_.steps() + 1 + random_.below(12));
    return true;
  }
  void back_up() override { FS_CHECK(false); }
  bool can_back_up() const override { return false; }
  void restore_backup() override { FS_CHECK(false); }
  void set_full(bool full) override {
    full_ = full;
    // Below its reserve, or to the last byte where it keeps none.
    const std::uint64_t left = settings_.reserve_bytes == 0 ? 0 : use().disk_bytes + settings_.reserve_bytes / 2;
    disk_.capacity_bytes = full ? left : std::uint64_t{1} << 40;
  }
  bool refuses_bodies_only() const override { return full_ && settings_.reserve_bytes > 0; }
  void set_rotten(bool rotten) override {
    rotten_ = rotten;
    if (blobs_) blobs_->rotten = rotten;
  }
  bool turn_bit() override {
    if (!turned_.empty()) {
      // The file may have gone meanwhile, and its content with it.
      const std::string path = std::exchange(turned_, {});
      if (disk_.file_bytes(path) > turned_at_) disk_.flip_bit(path, turned_at_, 3);
      return true;
    }
    std::vector<std::string> files;
    for (const std::string& path : disk_.paths()) {
      if (is_content(path) && disk_.settled(path) && disk_.file_bytes(path) > 0) files.push_back(path);
    }
    if (files.empty()) return false;
    turned_ = files[random_.below(files.size())];
    turned_at_ = random_.below(disk_.file_bytes(turned_));
    disk_.flip_bit(turned_, turned_at_, 3);
    return true;
  }
  StoreUse use() const override {
    StoreUse out;
    for (const std::string& path : disk_.paths()) {
      out.disk_bytes += disk_.file_bytes(path);
      if (is_content(path)) ++out.blobs;
    }
    return out;
  }

 private:
  static bool is_content(const std::string& path) { return path.find("extents/") != std::string::npos; }
  Random& random_;
  SimDisk disk_;
  SimIndexMedium index_;
  backend::LocalSettings settings_;
  std::unique_ptr<backend::LocalStore> store_;
  std::unique_ptr<RottenBlobs> blobs_;
  bool full_ = false;
  bool rotten_ = false;
  std::string turned_;  ///< the file of the bit that was turned over
  std::uint64_t turned_at_ = 0;
};

}  // namespace

backend::LocalSettings small_local_settings() {
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

std::unique_ptr<SimStore> make_store(StoreKind kind, Random& random, const backend::LocalSettings& local) {
  if (kind == StoreKind::kLocal) return std::make_unique<OnDisk>(random, local);
  return std::make_unique<OnMemory>(random);
}

}  // namespace farshore::sim
