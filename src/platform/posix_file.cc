// SPDX-License-Identifier: Apache-2.0
#include "platform/posix_file.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <fmt/format.h>

namespace farshore::platform {

namespace {

constexpr std::size_t kPartsPerCall = 512;  // well below IOV_MAX

}  // namespace

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

PosixFile::~PosixFile() { ::close(descriptor_); }

Result<std::size_t> PosixFile::read(std::uint64_t offset, std::span<char> into) {
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

Result<std::optional<std::size_t>> PosixFile::read_cached(std::uint64_t offset, std::span<char> into) {
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

Result<void> PosixFile::write(std::uint64_t offset, std::span<const BytesView> parts) {
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

Result<void> PosixFile::sync() {
  if (::fdatasync(descriptor_) != 0) return system_error(errno, "sync " + path_);
  return {};
}

Result<std::uint64_t> PosixFile::size() {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) return system_error(errno, "size of " + path_);
  return static_cast<std::uint64_t>(status.st_size);
}

Result<void> PosixFile::resize(std::uint64_t bytes) {
  TRY(const std::uint64_t now, size());
  if (bytes > now) {
    if (::fallocate(descriptor_, 0, static_cast<off_t>(now), static_cast<off_t>(bytes - now)) == 0) return {};
    if (errno != EOPNOTSUPP && errno != ENOSYS) return system_error(errno, "grow " + path_);
  }
  if (::ftruncate(descriptor_, static_cast<off_t>(bytes)) != 0) return system_error(errno, "resize " + path_);
  return {};
}

}  // namespace farshore::platform
