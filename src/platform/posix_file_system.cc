// SPDX-License-Identifier: Apache-2.0
#include "platform/posix_file_system.h"

#include <algorithm>
#include <cerrno>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "platform/direct_file.h"
#include "platform/posix_file.h"

namespace farshore::platform {

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
    case OpenMode::kCreate:
    case OpenMode::kCreateDirect: flags |= O_RDWR | O_CREAT | O_EXCL; break;
  }
  const int descriptor = ::open(name.c_str(), flags, 0600);
  if (descriptor < 0) return system_error(errno, "open " + name);
  if (mode == OpenMode::kCreateDirect) return std::unique_ptr<File>(std::make_unique<DirectFile>(descriptor, name));
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
