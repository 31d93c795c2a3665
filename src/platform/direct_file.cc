// SPDX-License-Identifier: Apache-2.0
#include "platform/direct_file.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <new>

#include <fcntl.h>
#include <unistd.h>

namespace farshore::platform {
namespace {

constexpr std::size_t kBlockBytes = 4096;  // what every disk's direct writes can be aligned to
constexpr std::size_t kScratchBytes = 1u << 20;

/// Aligned room of this worker; nothing stays in it between calls.
char* scratch() {
  struct Free {
    void operator()(char* room) const { std::free(room); }
  };
  static thread_local const std::unique_ptr<char, Free> room(static_cast<char*>(std::aligned_alloc(kBlockBytes, kScratchBytes)));
  if (!room) throw std::bad_alloc();
  return room.get();
}

bool set_direct(int descriptor, bool on) {
  const int flags = ::fcntl(descriptor, F_GETFL);
  return flags >= 0 && ::fcntl(descriptor, F_SETFL, on ? flags | O_DIRECT : flags & ~O_DIRECT) == 0;
}

}  // namespace

DirectFile::DirectFile(int descriptor, std::string path) : PosixFile(descriptor, std::move(path)), direct_(set_direct(descriptor, true)) {}

Result<void> DirectFile::write(std::uint64_t offset, std::span<const BytesView> parts) {
  if (direct_ && offset != end_) TRY_OK(end_direct());
  if (!direct_) return PosixFile::write(offset, parts);
  char* const room = scratch();
  std::size_t filled = waiting_.copy(room, waiting_.size());
  waiting_.clear();
  for (BytesView part : parts) {
    while (!part.empty()) {
      const std::size_t taken = part.copy(room + filled, kScratchBytes - filled);
      filled += taken;
      end_ += taken;
      part.remove_prefix(taken);
      if (filled < kScratchBytes) continue;
      TRY_OK(write_blocks(BytesView(room, filled)));
      filled = 0;
    }
  }
  const std::size_t whole = filled / kBlockBytes * kBlockBytes;
  waiting_.assign(room + whole, filled - whole);
  return write_blocks(BytesView(room, whole));
}

/// `blocks` begins where the file's whole blocks end, and ends before what waits.
Result<void> DirectFile::write_blocks(BytesView blocks) {
  std::uint64_t at = end_ - waiting_.size() - blocks.size();
  while (!blocks.empty()) {
    const ssize_t count = ::pwrite(descriptor(), blocks.data(), blocks.size(), static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    // A disk with larger blocks, or one that took a part of one: the page cache takes anything.
    if (count < 0 && errno == EINVAL && set_direct(descriptor(), false)) return PosixFile::write(at, std::span(&blocks, 1));
    if (count < 0) return system_error(errno, "write " + path());
    at += static_cast<std::uint64_t>(count);
    blocks.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> DirectFile::end_direct() {
  if (!direct_) return {};
  if (!set_direct(descriptor(), false)) return system_error(errno, "write " + path());
  direct_ = false;
  const BytesView waiting = waiting_;
  TRY_OK(PosixFile::write(end_ - waiting.size(), std::span(&waiting, 1)));
  waiting_.clear();
  return {};
}

Result<std::size_t> DirectFile::read(std::uint64_t offset, std::span<char> into) {
  TRY_OK(end_direct());
  return PosixFile::read(offset, into);
}

Result<std::optional<std::size_t>> DirectFile::read_cached(std::uint64_t offset, std::span<char> into) {
  if (direct_) return std::optional<std::size_t>();
  return PosixFile::read_cached(offset, into);
}

Result<void> DirectFile::sync() {
  TRY_OK(end_direct());
  return PosixFile::sync();
}

Result<std::uint64_t> DirectFile::size() {
  TRY(const std::uint64_t written, PosixFile::size());
  return direct_ ? std::max(written, end_) : written;
}

Result<void> DirectFile::resize(std::uint64_t bytes) {
  if (bytes < end_) TRY_OK(end_direct());
  return PosixFile::resize(bytes);
}

}  // namespace farshore::platform
