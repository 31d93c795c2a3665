// SPDX-License-Identifier: Apache-2.0
// SimDisk and SimIndex: a disk that forgets what was not synced, tears writes, fills up and fails on command, and an ordered
// index that loses what was not flushed. Both survive their users, so that a store can be opened again after a crash.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "backend/local/ordered_index.h"
#include "runtime/file_system.h"
#include "runtime/random.h"

namespace farshore::sim {

/// What a power cut does to sectors that were written but not synced.
enum class UnsyncedSectors : unsigned char { kRandom, kLost, kKept };

/// A tree of files in memory. Sectors of 512 bytes are written whole or not at all; everything else may be torn.
/// Loop thread only (SimLoop runs workers there).
class SimDisk : public FileSystem {
 public:
  static constexpr std::uint64_t kSectorBytes = 512;

  explicit SimDisk(Random& random) : random_(random) {}

  Result<std::unique_ptr<File>> open(const std::string& path, OpenMode mode) override;
  Result<std::vector<std::string>> list(const std::string& directory) override;
  Result<void> make_directories(const std::string& path) override;
  Result<void> remove(const std::string& path) override;
  Result<void> rename(const std::string& from, const std::string& to) override;
  Result<void> sync_directory(const std::string& directory) override;
  Result<std::uint64_t> free_bytes() override;

  // Faults. A step is anything that changes the disk or makes a change last.
  std::uint64_t steps() const { return steps_; }
  /// The disk stops at that step, in the middle of it; everything fails from then on.
  void stop_at_step(std::uint64_t step) { stop_at_ = step; }
  bool stopped() const { return stopped_; }
  /// The n-th sync from now (1: the next) fails, and what it should have saved is lost although it can still be read.
  void fail_sync(std::uint64_t nth) { fail_sync_in_ = nth; }
  /// The n-th write from now fails, half done.
  void fail_write(std::uint64_t nth) { fail_write_in_ = nth; }
  void flip_bit(const std::string& path, std::uint64_t offset, unsigned bit);
  std::uint64_t capacity_bytes = std::uint64_t{1} << 40;
  unsigned cold_percent = 10;  ///< how often read_cached() finds nothing

  /// The process ended; what was written stays in the cache of the system. The disk works again.
  void restart();
  /// Power was lost: unsynced sectors, sizes and names are as the disk pleases. The disk works again.
  void power_cut(UnsyncedSectors unsynced = UnsyncedSectors::kRandom);

  std::vector<std::string> paths() const;
  std::uint64_t file_bytes(const std::string& path) const;
  /// Everything in the file would survive a power cut.
  bool settled(const std::string& path) const;
  /// Counts a step of something that shares this disk's fate (SimIndex). Whether it takes effect, and whether it may go on.
  struct Step {
    bool takes_effect;
    bool goes_on;
  };
  Step step();

 private:
  friend class SimFile;
  struct Inode {
    Bytes bytes;
    std::uint64_t durable_size = 0;
    std::map<std::uint64_t, Bytes> unsynced;  ///< sector: what the disk holds there instead, behind it zeros
    std::map<std::uint64_t, Bytes> doomed;    ///< the same, but a sync that failed has left them marked clean
  };
  struct NameChange {
    std::string directory;
    std::string path;
    std::shared_ptr<Inode> inode;  ///< null: the name goes
  };
  void touch_sectors(Inode& inode, std::uint64_t begin, std::uint64_t end);
  void change_name(const std::string& path, std::shared_ptr<Inode> inode);
  void apply_name(const NameChange& change);
  std::uint64_t used_bytes() const;
  Result<void> room_for(std::uint64_t more) const;
  bool chance() { return random_.below(2) == 0; }

  Random& random_;
  std::uint64_t steps_ = 0;
  std::optional<std::uint64_t> stop_at_;
  bool stopped_ = false;
  std::uint64_t fail_sync_in_ = 0;
  std::uint64_t fail_write_in_ = 0;
  std::uint64_t life_ = 0;  ///< files opened in an earlier life are useless
  std::set<std::string> directories_;
  std::map<std::string, std::shared_ptr<Inode>> names_;
  std::map<std::string, std::shared_ptr<Inode>> durable_names_;
  std::vector<NameChange> unsynced_names_;
};

/// What an index has on disk and in memory.
struct SimIndexMedium {
  std::map<Bytes, Bytes> rows;
  std::map<Bytes, Bytes> durable;
  std::vector<backend::IndexBatch> unflushed;
  /// The process ended: some prefix of what was not flushed has reached the disk by itself.
  void lose_unflushed(Random& random);
};

/// Loop thread only.
class SimIndex : public backend::OrderedIndex {
 public:
  SimIndex(SimDisk& disk, SimIndexMedium& medium, Random& random) : disk_(disk), medium_(medium), random_(random) {}
  Result<std::optional<Bytes>> get(BytesView key) override;
  std::optional<std::optional<Bytes>> get_cached(BytesView key) override;
  Result<backend::IndexPage> scan(const backend::IndexRange& range) override;
  Result<void> write(const backend::IndexBatch& batch) override;
  Result<void> flush() override;

 private:
  SimDisk& disk_;
  SimIndexMedium& medium_;
  Random& random_;
};

}  // namespace farshore::sim
