// SPDX-License-Identifier: Apache-2.0
// Stands in front of the C library's file functions: counts each step, kills or fails it if the test says so, else does it.
// System calls are made directly; nothing of the C library's own is wrapped, so nothing can be called too early.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <cstring>
#include <shared_mutex>
#include <string>
#include <vector>

#include "control.h"
#include "steps.h"
#include "unsynced.h"

using namespace farshore::faults;

namespace {

constexpr std::size_t kRecordKindOffset = 48;  // docs/formats/segment-log.md
constexpr std::uint32_t kRecordKindMove = 4;

bool fails(const Verdict& verdict) {
  if (verdict.action != Action::kFail) return false;
  errno = static_cast<int>(verdict.number);
  return true;
}

/// Holds back a cut of power while a call and its note are made.
class Doing {
 public:
  explicit Doing(Kind kind) : on_(kind != Kind::kOther && kind != Kind::kSpare && kind != Kind::kSocket && unsynced().on()) {
    if (on_) unsynced().doing.lock_shared();
  }
  ~Doing() {
    if (on_) unsynced().doing.unlock_shared();
  }
  bool on() const { return on_; }

 private:
  const bool on_;
};

bool begins_with_a_move(const iovec& part) {
  if (part.iov_len < 56 || std::memcmp(part.iov_base, "FSR1", 4) != 0) return false;
  std::uint32_t kind = 0;
  std::memcpy(&kind, static_cast<const char*>(part.iov_base) + kRecordKindOffset, sizeof kind);
  return kind == kRecordKindMove;
}

ssize_t write_at(int file, const iovec* parts, int count, off_t offset, bool positioned) {
  const auto call = [&](const iovec* what, int parts_count) {
    return positioned ? syscall(SYS_pwritev, file, what, parts_count, offset, 0) : syscall(SYS_writev, file, what, parts_count);
  };
  const Kind kind = kind_of(file);
  if (kind == Kind::kOther) return call(parts, count);
  Verdict verdict = begin(step(kind, Call::kWrite));
  if (kind == Kind::kSegment && std::any_of(parts, parts + count, begins_with_a_move) && verdict.action == Action::kNone) verdict = begin(step(kind, Call::kMove));
  if (fails(verdict)) return -1;
  std::uint64_t total = 0;
  for (int i = 0; i < count; ++i) total += parts[i].iov_len;
  std::vector<iovec> some(parts, parts + count);
  if (verdict.action == Action::kKillWithin) {
    std::uint64_t left = total * verdict.number / 256;
    for (iovec& part : some) left -= part.iov_len = std::min<std::uint64_t>(part.iov_len, left);
  }
  ssize_t written = 0;
  {
    const Doing doing(kind);
    if (doing.on()) unsynced().note_write(file, static_cast<std::uint64_t>(positioned ? offset : syscall(SYS_lseek, file, 0, SEEK_CUR)), total);
    written = call(some.data(), count);
  }
  end(verdict);
  return written;
}

int sync_file(int file, long number) {
  const Kind kind = kind_of(file);
  const Verdict verdict = begin(step(kind, Call::kSync));
  if (fails(verdict)) return -1;
  if (verdict.action == Action::kLie) return 0;
  int done = 0;
  {
    const Doing doing(kind);
    const std::uint64_t mark = doing.on() ? unsynced().mark() : 0;
    done = static_cast<int>(syscall(number, file));
    if (doing.on() && done == 0) {
      if (kind >= Kind::kDirectory) {
        char path[4096] = {};
        const std::string link = "/proc/self/fd/" + std::to_string(file);
        if (syscall(SYS_readlinkat, AT_FDCWD, link.c_str(), path, sizeof path - 1) > 0) unsynced().synced_directory(path, mark);
      } else {
        unsynced().synced_file(file, mark);
      }
    }
  }
  end(verdict);
  return done;
}

/// The call, noted as a change of the file's size.
template <class Do>
long resize_file(int file, Do call) {
  const Kind kind = kind_of(file);
  const Verdict verdict = begin(step(kind, Call::kResize));
  if (fails(verdict)) return -1;
  long done = 0;
  {
    const Doing doing(kind);
    if (doing.on()) unsynced().note_size(file);
    done = call();
  }
  end(verdict);
  return done;
}

int open_file(const char* path, int flags, mode_t mode) {
  Kind kind = kind_of(std::string_view(path));
  if (kind == Kind::kOther && (flags & O_DIRECTORY) != 0) kind = Kind::kDirectory;
  Verdict verdict;
  bool fresh = false;
  if (kind != Kind::kOther && (flags & O_CREAT) != 0) {
    verdict = begin(step(kind, Call::kCreate));
    if (fails(verdict)) return -1;
    fresh = syscall(SYS_faccessat, AT_FDCWD, path, F_OK) != 0;
  }
  int file = -1;
  {
    const Doing doing(kind);
    file = static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
    if (file >= 0 && fresh && doing.on()) unsynced().note_created(path);
  }
  if (file >= 0) set_kind(file, kind);
  end(verdict);
  return file;
}

template <class Do>
ssize_t read_file(int file, Do call) {
  const Kind kind = kind_of(file);
  if (kind != Kind::kOther) {
    const Verdict verdict = begin(step(kind, Call::kRead));
    if (fails(verdict)) return -1;
    end(verdict);
  }
  return call();
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  mode_t mode = 0;
  if ((flags & (O_CREAT | O_TMPFILE)) != 0) {
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
  }
  return open_file(path, flags, mode);
}
int open64(const char* path, int flags, ...) __attribute__((alias("open")));

int close(int file) {
  set_kind(file, Kind::kOther);
  return static_cast<int>(syscall(SYS_close, file));
}

ssize_t read(int file, void* into, size_t bytes) {
  return read_file(file, [&] { return syscall(SYS_read, file, into, bytes); });
}
ssize_t pread(int file, void* into, size_t bytes, off_t offset) {
  return read_file(file, [&] { return syscall(SYS_pread64, file, into, bytes, offset); });
}
ssize_t pread64(int file, void* into, size_t bytes, off_t offset) __attribute__((alias("pread")));
ssize_t preadv2(int file, const iovec* parts, int count, off_t offset, int flags) {
  return read_file(file, [&] { return syscall(SYS_preadv2, file, parts, count, offset, 0, flags); });
}

ssize_t write(int file, const void* bytes, size_t count) {
  const iovec part{const_cast<void*>(bytes), count};
  return write_at(file, &part, 1, 0, false);
}
ssize_t pwrite(int file, const void* bytes, size_t count, off_t offset) {
  const iovec part{const_cast<void*>(bytes), count};
  return write_at(file, &part, 1, offset, true);
}
ssize_t pwrite64(int file, const void* bytes, size_t count, off_t offset) __attribute__((alias("pwrite")));
ssize_t pwritev(int file, const iovec* parts, int count, off_t offset) { return write_at(file, parts, count, offset, true); }
ssize_t pwritev64(int file, const iovec* parts, int count, off_t offset) __attribute__((alias("pwritev")));

int fsync(int file) { return sync_file(file, SYS_fsync); }
int fdatasync(int file) { return sync_file(file, SYS_fdatasync); }

int ftruncate(int file, off_t bytes) noexcept {
  return static_cast<int>(resize_file(file, [&] { return syscall(SYS_ftruncate, file, bytes); }));
}
int ftruncate64(int file, off_t bytes) noexcept __attribute__((alias("ftruncate")));
int fallocate(int file, int mode, off_t offset, off_t bytes) {
  return static_cast<int>(resize_file(file, [&] { return syscall(SYS_fallocate, file, mode, offset, bytes); }));
}
int fallocate64(int file, int mode, off_t offset, off_t bytes) __attribute__((alias("fallocate")));

int rename(const char* from, const char* to) noexcept {
  const Kind kind = kind_of(std::string_view(to));
  const Verdict verdict = begin(step(kind, Call::kRename));
  if (fails(verdict)) return -1;
  int done = 0;
  {
    const Doing doing(kind == Kind::kSpare ? Kind::kSegment : kind);  // What is in a spare does not matter; that a segment became one does.
    // A spare that becomes a segment must stay one when the entry is lost; only the name goes.
    const std::string kept = doing.on() ? unsynced().keep(to) : std::string();
    done = static_cast<int>(syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to));
    if (doing.on()) done == 0 ? unsynced().note_renamed(from, to, kept) : unsynced().let_go(kept);
  }
  if (done == 0 && (kind == Kind::kSegment || kind == Kind::kSpare)) kind_follows_path(to);
  end(verdict);
  return done;
}

int unlink(const char* path) noexcept {
  const Kind kind = kind_of(std::string_view(path));
  const Verdict verdict = begin(step(kind, Call::kRemove));
  if (fails(verdict)) return -1;
  int done = 0;
  {
    const Doing doing(kind);
    const std::string kept = doing.on() ? unsynced().keep(path) : std::string();
    done = static_cast<int>(syscall(SYS_unlinkat, AT_FDCWD, path, 0));
    if (doing.on()) done == 0 ? unsynced().note_removed(path, kept) : unsynced().let_go(kept);
  }
  end(verdict);
  return done;
}

}  // extern "C"
