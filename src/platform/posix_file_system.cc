// SPDX-License-Identifier: Apache-2.0
#include "platform/posix_file_system.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include <fmt/format.h>

namespace farshore::platform {

namespace {

constexpr std::size_t kPartsPerCall = 512;  // well below IOV_MAX

Error system_error(int reason, const std::string& what) {
  const std::string message = fmt::format("{}: {}", what, std::strerror(reason));
  switch (reason) {
    case ENOENT:
    case ENOTDIR: return Error(ErrorCode::kNotFound, message);
    case ENOSPC:
    case EDQUOT: return Error(ErrorCode::kStorageFull, message);
    default: return Error(ErrorCode::kStorageUnavailable, message);
  }
}

class PosixFile : public File {
 public:
  PosixFile(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  ~PosixFile() override { ::close(descriptor_); }

  Result<std::size_t> read(std::uint64_t offset, std::span<char> into) override {
    std::size_t have = 0;
    while (have < into.size()) {
      const ssize_t count = ::pread(descriptor_, into.data() + have, into.size() - have, static_cast<off_t>(offset + have));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return system_error(errno, "read " + path_);
      if (count == 0) break;
      have += static_cast<std::size_t>(count);
    }
    return have;
  }

  Result<std::optional<std::size_t>> read_cached(std::uint64_t offset, std::span<char> into) override {
    if (!cached_reads_) return std::optional<std::size_t>();
    std::size_t have = 0;
    while (have < into.size()) {
      iovec vector{into.data() + have, into.size() - have};
      const ssize_t count = ::preadv2(descriptor_, &vector, 1, static_cast<off_t>(offset + have), RWF_NOWAIT);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno == EAGAIN) return std::optional<std::size_t>();
      if (count < 0 && (errno == EOPNOTSUPP || errno == ENOSYS)) {
        cached_reads_ = false;
        return std::optional<std::size_t>();
      }
      if (count < 0) return system_error(errno, "read " + path_);
      if (count == 0) break;
      have += static_cast<std::size_t>(count);
    }
    return std::optional<std::size_t>(have);
  }

  Result<void> write(std::uint64_t offset, std::span<const BytesView> parts) override {
    std::size_t part = 0;
    std::size_t skip = 0;  // what of that part is written
    std::array<iovec, kPartsPerCall> vectors;
    while (part < parts.size()) {
      std::size_t used = 0;
      for (std::size_t i = part; i < parts.size() && used < vectors.size(); ++i) {
        const std::size_t from = i == part ? skip : 0;
        vectors[used++] = iovec{const_cast<char*>(parts[i].data()) + from, parts[i].size() - from};
      }
      const ssize_t count = ::pwritev(descriptor_, vectors.data(), static_cast<int>(used), static_cast<off_t>(offset));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return system_error(errno, "write " + path_);
      offset += static_cast<std::uint64_t>(count);
      skip += static_cast<std::size_t>(count);
      while (part < parts.size() && skip >= parts[part].size()) skip -= parts[part++].size();
    }
    return {};
  }

  Result<void> sync() override {
    if (::fdatasync(descriptor_) != 0) return system_error(errno, "sync " + path_);
    return {};
  }

  Result<std::uint64_t> size() override {
    struct stat status {};
    if (::fstat(descriptor_, &status) != 0) return system_error(errno, "size of " + path_);
    return static_cast<std::uint64_t>(status.st_size);
  }

  Result<void> resize(std::uint64_t bytes) override {
    TRY(const std::uint64_t now, size());
    if (bytes > now) {
      if (::fallocate(descriptor_, 0, static_cast<off_t>(now), static_cast<off_t>(bytes - now)) == 0) return {};
      if (errno != EOPNOTSUPP && errno != ENOSYS) return system_error(errno, "grow " + path_);
    }
    if (::ftruncate(descriptor_, static_cast<off_t>(bytes)) != 0) return system_error(errno, "resize " + path_);
    return {};
  }

 private:
  int descriptor_;
  std::string path_;
  std::atomic<bool> cached_reads_{true};  // false once the file system refused RWF_NOWAIT
};

}  // namespace

Result<std::string> PosixFileSystem::full(const std::string& path) const {
  if (path.starts_with('/') || path.find('\0') != std::string::npos) return Error(ErrorCode::kInvalidArgument, "bad path " + path);
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    if (path.compare(begin, end - begin, "..") == 0) return Error(ErrorCode::kInvalidArgument, "bad path " + path);
    begin = end + 1;
  }
  return path.empty() ? root_ : root_ + "/" + path;
}

Result<std::unique_ptr<File>> PosixFileSystem::open(const std::string& path, OpenMode mode) {
  TRY(const std::string name, full(path));
  int flags = O_CLOEXEC;
  switch (mode) {
    case OpenMode::kRead: flags |= O_RDONLY; break;
    case OpenMode::kReadWrite: flags |= O_RDWR; break;
    case OpenMode::kCreate: flags |= O_RDWR | O_CREAT | O_EXCL; break;
  }
  const int descriptor = ::open(name.c_str(), flags, 0600);
  if (descriptor < 0) return system_error(errno, "open " + name);
  return std::unique_ptr<File>(std::make_unique<PosixFile>(descriptor, name));
}

Result<std::vector<std::string>> PosixFileSystem::list(const std::string& directory) {
  TRY(const std::string name, full(directory));
  const std::unique_ptr<DIR, int (*)(DIR*)> open(::opendir(name.c_str()), ::closedir);
  if (!open) return system_error(errno, "list " + name);
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = ::readdir(open.get())) {
    const std::string_view entry_name(entry->d_name);
    if (entry_name != "." && entry_name != "..") names.emplace_back(entry_name);
  }
  if (errno != 0) return system_error(errno, "list " + name);
  std::sort(names.begin(), names.end());
  return names;
}

Result<void> PosixFileSystem::make_directories(const std::string& path) {
  TRY(const std::string name, full(path));
  for (std::size_t end = 1; end <= name.size(); ++end) {
    if (end < name.size() && name[end] != '/') continue;
    const std::string prefix = name.substr(0, end);
    if (::mkdir(prefix.c_str(), 0700) != 0 && errno != EEXIST) return system_error(errno, "create directory " + prefix);
  }
  return {};
}

Result<void> PosixFileSystem::remove(const std::string& path) {
  TRY(const std::string name, full(path));
  if (::unlink(name.c_str()) == 0) return {};
  if (errno == EISDIR && ::rmdir(name.c_str()) == 0) return {};
  return system_error(errno, "remove " + name);
}

Result<void> PosixFileSystem::rename(const std::string& from, const std::string& to) {
  TRY(const std::string old_name, full(from));
  TRY(const std::string new_name, full(to));
  if (::rename(old_name.c_str(), new_name.c_str()) != 0) return system_error(errno, "rename " + old_name);
  return {};
}

Result<void> PosixFileSystem::sync_directory(const std::string& directory) {
  TRY(const std::string name, full(directory));
  const int descriptor = ::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return system_error(errno, "open " + name);
  const int outcome = ::fsync(descriptor);
  const int reason = errno;
  ::close(descriptor);
  if (outcome != 0) return system_error(reason, "sync " + name);
  return {};
}

Result<std::uint64_t> PosixFileSystem::free_bytes() {
  struct statvfs status {};
  if (::statvfs(root_.c_str(), &status) != 0) return system_error(errno, "free space of " + root_);
  return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
}

}  // namespace farshore::platform
