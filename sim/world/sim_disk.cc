// SPDX-License-Identifier: Apache-2.0
#include "sim/world/sim_disk.h"

#include <algorithm>
#include <cstring>

#include "base/check.h"

namespace farshore::sim {
namespace {

Error gone() { return Error(ErrorCode::kStorageUnavailable, "the simulated disk has failed"); }

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

}  // namespace

/// An open file. Belongs to one life of the disk.
class SimFile : public File {
 public:
  SimFile(SimDisk& disk, std::shared_ptr<SimDisk::Inode> inode) : disk_(disk), inode_(std::move(inode)), life_(disk.life_) {}

  Result<std::size_t> read(std::uint64_t offset, std::span<char> into) override {
    if (disk_.stopped_ || life_ != disk_.life_) return gone();
    if (offset >= inode_->bytes.size()) return std::size_t{0};
    const std::size_t count = std::min<std::uint64_t>(into.size(), inode_->bytes.size() - offset);
    std::memcpy(into.data(), inode_->bytes.data() + offset, count);
    return count;
  }

  Result<std::optional<std::size_t>> read_cached(std::uint64_t offset, std::span<char> into) override {
    if (disk_.random_.below(100) < disk_.cold_percent) return std::nullopt;
    TRY(const std::size_t got, read(offset, into));
    return got;
  }

  Result<void> write(std::uint64_t offset, std::span<const BytesView> parts) override {
    std::uint64_t total = 0;
    for (const BytesView part : parts) total += part.size();
    const std::uint64_t end = offset + total;
    if (end > inode_->bytes.size()) TRY_OK(disk_.room_for(end - inode_->bytes.size()));
    const auto step = begin_step();
    const bool fails = disk_.fail_write_in_ > 0 && --disk_.fail_write_in_ == 0;
    if (!step.takes_effect) return gone();
    if (end > inode_->bytes.size()) inode_->bytes.resize(end);
    disk_.touch_sectors(*inode_, offset, end);
    std::uint64_t left = fails ? disk_.random_.below(total + 1) : total;
    for (BytesView part : parts) {
      part = part.substr(0, left);
      std::memcpy(inode_->bytes.data() + offset, part.data(), part.size());
      offset += part.size();
      left -= part.size();
    }
    if (fails || !step.goes_on) return gone();
    return {};
  }

  Result<void> sync() override {
    const auto step = begin_step();
    if (!step.takes_effect) return gone();
    if (disk_.fail_sync_in_ > 0 && --disk_.fail_sync_in_ == 0) {
      for (auto& [sector, bytes] : inode_->unsynced) inode_->doomed.try_emplace(sector, std::move(bytes));
      inode_->unsynced.clear();
      return gone();
    }
    inode_->unsynced.clear();
    inode_->durable_size = inode_->bytes.size();
    return step.goes_on ? Result<void>() : gone();
  }

  Result<std::uint64_t> size() override {
    if (disk_.stopped_ || life_ != disk_.life_) return gone();
    return inode_->bytes.size();
  }

  Result<void> resize(std::uint64_t bytes) override {
    if (bytes > inode_->bytes.size()) TRY_OK(disk_.room_for(bytes - inode_->bytes.size()));
    const auto step = begin_step();
    if (!step.takes_effect) return gone();
    if (bytes < inode_->bytes.size() && bytes % SimDisk::kSectorBytes != 0) disk_.touch_sectors(*inode_, bytes, bytes + 1);
    inode_->bytes.resize(bytes);
    return step.goes_on ? Result<void>() : gone();
  }

 private:
  SimDisk::Step begin_step() {
    if (life_ != disk_.life_) return {false, false};
    return disk_.step();
  }
  SimDisk& disk_;
  std::shared_ptr<SimDisk::Inode> inode_;
  std::uint64_t life_;
};

SimDisk::Step SimDisk::step() {
  if (stopped_) return {false, false};
  ++steps_;
  if (stop_at_ && steps_ >= *stop_at_) {
    stopped_ = true;
    return {chance(), false};
  }
  return {true, true};
}

void SimDisk::touch_sectors(Inode& inode, std::uint64_t begin, std::uint64_t end) {
  for (std::uint64_t sector = begin / kSectorBytes; sector * kSectorBytes < end; ++sector) {
    if (const auto doomed = inode.doomed.extract(sector)) {
      inode.unsynced.try_emplace(sector, std::move(doomed.mapped()));
      continue;
    }
    if (inode.unsynced.contains(sector)) continue;
    const std::uint64_t at = sector * kSectorBytes;
    inode.unsynced.emplace(sector, at < inode.bytes.size() ? inode.bytes.substr(at, kSectorBytes) : Bytes());
  }
}

std::uint64_t SimDisk::used_bytes() const {
  std::uint64_t used = 0;
  for (const auto& [path, inode] : names_) used += inode->bytes.size();
  return used;
}

Result<void> SimDisk::room_for(std::uint64_t more) const {
  if (used_bytes() + more <= capacity_bytes) return {};
  return Error(ErrorCode::kStorageFull, "the simulated disk is full");
}

Result<std::unique_ptr<File>> SimDisk::open(const std::string& path, OpenMode mode) {
  if (stopped_) return gone();
  const auto found = names_.find(path);
  if (mode == OpenMode::kRead || mode == OpenMode::kReadWrite) {
    if (found == names_.end()) return Error(ErrorCode::kNotFound, "no such file: " + path);
    return std::make_unique<SimFile>(*this, found->second);
  }
  if (found != names_.end()) return Error(ErrorCode::kStorageUnavailable, "the file exists: " + path);
  FS_CHECK(directories_.contains(directory_of(path)));
  const Step at = step();
  if (!at.takes_effect) return gone();
  auto inode = std::make_shared<Inode>();
  change_name(path, inode);
  if (!at.goes_on) return gone();
  return std::make_unique<SimFile>(*this, std::move(inode));
}

Result<std::vector<std::string>> SimDisk::list(const std::string& directory) {
  if (stopped_) return gone();
  if (!directories_.contains(directory)) return Error(ErrorCode::kNotFound, "no such directory: " + directory);
  std::vector<std::string> out;
  for (const auto& [path, inode] : names_) {
    if (directory_of(path) == directory) out.push_back(path.substr(path.rfind('/') + 1));
  }
  return out;
}

Result<void> SimDisk::make_directories(const std::string& path) {
  if (stopped_) return gone();
  // Directories are few and made at the start of a life: they are durable at once, which nothing here relies on.
  for (std::string each = path; each != "."; each = directory_of(each)) directories_.insert(each);
  directories_.insert(".");
  return {};
}

void SimDisk::change_name(const std::string& path, std::shared_ptr<Inode> inode) {
  if (inode == nullptr) {
    names_.erase(path);
  } else {
    names_[path] = inode;
  }
  unsynced_names_.push_back({directory_of(path), path, std::move(inode)});
}

void SimDisk::apply_name(const NameChange& change) {
  if (change.inode == nullptr) {
    durable_names_.erase(change.path);
    return;
  }
  // A renamed file has one name only, whichever half of the change comes first.
  std::erase_if(durable_names_, [&](const auto& entry) { return entry.second == change.inode; });
  durable_names_[change.path] = change.inode;
}

Result<void> SimDisk::remove(const std::string& path) {
  if (stopped_) return gone();
  if (!names_.contains(path)) return Error(ErrorCode::kNotFound, "no such file: " + path);
  const Step at = step();
  if (at.takes_effect) change_name(path, nullptr);
  return at.goes_on ? Result<void>() : gone();
}

Result<void> SimDisk::rename(const std::string& from, const std::string& to) {
  if (stopped_) return gone();
  const auto found = names_.find(from);
  if (found == names_.end()) return Error(ErrorCode::kNotFound, "no such file: " + from);
  const Step at = step();
  if (at.takes_effect) {
    auto inode = found->second;
    names_.erase(from);
    change_name(to, std::move(inode));
  }
  return at.goes_on ? Result<void>() : gone();
}

Result<void> SimDisk::sync_directory(const std::string& directory) {
  const Step at = step();
  if (at.takes_effect) {
    for (const NameChange& change : unsynced_names_) {
      if (change.directory == directory) apply_name(change);
    }
    std::erase_if(unsynced_names_, [&](const NameChange& change) { return change.directory == directory; });
  }
  return at.goes_on ? Result<void>() : gone();
}

Result<std::uint64_t> SimDisk::free_bytes() {
  if (stopped_) return gone();
  const std::uint64_t used = used_bytes();
  return used >= capacity_bytes ? 0 : capacity_bytes - used;
}

void SimDisk::flip_bit(const std::string& path, std::uint64_t offset, unsigned bit) {
  names_.at(path)->bytes.at(offset) ^= static_cast<char>(1u << bit);
}

void SimDisk::restart() {
  ++life_;
  stopped_ = false;
  stop_at_.reset();
  fail_sync_in_ = fail_write_in_ = 0;
}

void SimDisk::power_cut(UnsyncedSectors unsynced) {
  restart();
  const auto kept = [&] { return unsynced == UnsyncedSectors::kKept || (unsynced == UnsyncedSectors::kRandom && chance()); };
  const std::size_t names_kept = unsynced == UnsyncedSectors::kKept ? unsynced_names_.size()
                                 : unsynced == UnsyncedSectors::kLost ? 0
                                                                      : random_.below(unsynced_names_.size() + 1);
  for (std::size_t i = 0; i < names_kept; ++i) apply_name(unsynced_names_[i]);
  unsynced_names_.clear();
  names_ = durable_names_;
  for (auto& [path, inode] : names_) {
    const auto put_back = [&inode](std::uint64_t sector, const Bytes& held) {
      const std::uint64_t at = sector * kSectorBytes;
      if (at >= inode->bytes.size()) return;
      Bytes whole = held;
      whole.resize(std::min<std::uint64_t>(kSectorBytes, inode->bytes.size() - at));
      inode->bytes.replace(at, whole.size(), whole);
    };
    for (const auto& [sector, held] : inode->doomed) put_back(sector, held);
    for (const auto& [sector, held] : inode->unsynced) {
      if (!kept()) put_back(sector, held);
    }
    if (inode->durable_size != inode->bytes.size() && !kept()) inode->bytes.resize(inode->durable_size);
    inode->doomed.clear();
    inode->unsynced.clear();
    inode->durable_size = inode->bytes.size();
  }
}

std::vector<std::string> SimDisk::paths() const {
  std::vector<std::string> out;
  for (const auto& [path, inode] : names_) out.push_back(path);
  return out;
}

bool SimDisk::settled(const std::string& path) const {
  const auto durable = durable_names_.find(path);
  const auto found = names_.find(path);
  if (found == names_.end() || durable == durable_names_.end() || durable->second != found->second) return false;
  const Inode& inode = *found->second;
  return inode.unsynced.empty() && inode.doomed.empty() && inode.durable_size == inode.bytes.size();
}

std::uint64_t SimDisk::file_bytes(const std::string& path) const {
  const auto found = names_.find(path);
  return found == names_.end() ? 0 : found->second->bytes.size();
}

}  // namespace farshore::sim
