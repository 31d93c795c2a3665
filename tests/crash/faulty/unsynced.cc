// SPDX-License-Identifier: Apache-2.0
#include "unsynced.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <set>

namespace farshore::faults {
namespace {

constexpr std::uint64_t kSector = 512;

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  std::uint64_t x = a * 0x9E3779B97F4A7C15u + b + 0x632BE59BD9B4E019u;
  x ^= x >> 31;
  x *= 0xBF58476D1CE4E5B9u;
  return x ^ x >> 29;
}

std::string parent_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

// Not through the functions that this library stands in front of.
long raw_unlink(const std::string& path) { return syscall(SYS_unlinkat, AT_FDCWD, path.c_str(), 0); }
long raw_link(const std::string& from, const std::string& to) { return syscall(SYS_linkat, AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), 0); }
long raw_rename(const std::string& from, const std::string& to) { return syscall(SYS_renameat, AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str()); }

}  // namespace

Unsynced& unsynced() {
  static Unsynced* const one = new Unsynced;  // outlives every thread
  return *one;
}

Unsynced::Unsynced() : on_(control() != nullptr && static_cast<Power>(control()->power.load()) != Power::kStays) {
  if (!on_) return;
  keep_ = std::string(std::getenv("FARSHORE_FAULTS")) + ".kept-" + std::to_string(syscall(SYS_getpid));
  mkdir(keep_.c_str(), 0700);
}

void Unsynced::note_write(int file, std::uint64_t offset, std::uint64_t bytes) {
  struct stat status {};
  if (fstat(file, &status) != 0) return;
  Note note;
  note.inode = status.st_ino;
  note.offset = offset;
  note.length = bytes;
  note.size = static_cast<std::uint64_t>(status.st_size);
  note.old.resize(offset < note.size ? std::min(bytes, note.size - offset) : 0);
  const std::lock_guard guard(lock_);
  int& own = files_.try_emplace(note.inode, -1).first->second;
  const std::string path = "/proc/self/fd/" + std::to_string(file);
  if (own < 0) own = static_cast<int>(syscall(SYS_openat, AT_FDCWD, path.c_str(), O_RDWR | O_CLOEXEC, 0));
  if (!note.old.empty()) syscall(SYS_pread64, own, note.old.data(), note.old.size(), offset);
  note.number = ++numbers_;
  notes_.push_back(std::move(note));
}

void Unsynced::note_entry(Kind kind, std::string path, std::string from, std::string kept) {
  const std::lock_guard guard(lock_);
  Note note;
  note.number = ++numbers_;
  note.kind = kind;
  note.old = std::move(path);
  note.from = std::move(from);
  note.kept = std::move(kept);
  notes_.push_back(std::move(note));
}

void Unsynced::note_created(const std::string& path) { note_entry(Kind::kCreated, path, {}, {}); }
void Unsynced::note_removed(const std::string& path, std::string kept) { note_entry(Kind::kRemoved, path, {}, std::move(kept)); }
void Unsynced::note_renamed(const std::string& from, const std::string& to, std::string kept) { note_entry(Kind::kRenamed, to, from, std::move(kept)); }

std::string Unsynced::keep(const std::string& path) {
  std::string kept;
  {
    const std::lock_guard guard(lock_);
    kept = keep_ + "/" + std::to_string(++keeps_);
  }
  return raw_link(path, kept) == 0 ? kept : std::string();
}

void Unsynced::let_go(const std::string& kept) {
  if (!kept.empty()) raw_unlink(kept);
}

std::uint64_t Unsynced::mark() {
  const std::lock_guard guard(lock_);
  return numbers_;
}

void Unsynced::synced_file(int file, std::uint64_t mark) {
  struct stat status {};
  if (fstat(file, &status) != 0) return;
  const std::uint64_t inode = status.st_ino;
  const std::lock_guard guard(lock_);
  bool left = false;
  std::erase_if(notes_, [&](const Note& note) {
    if (note.kind != Kind::kWrite || note.inode != inode) return false;
    left = left || note.number > mark;
    return note.number <= mark;
  });
  if (const auto own = files_.find(inode); own != files_.end() && !left) {
    syscall(SYS_close, own->second);
    files_.erase(own);
  }
}

void Unsynced::synced_directory(const std::string& directory, std::uint64_t mark) {
  const std::lock_guard guard(lock_);
  std::erase_if(notes_, [&](const Note& note) {
    if (note.kind == Kind::kWrite || note.number > mark || parent_of(note.old) != directory) return false;
    let_go(note.kept);
    return true;
  });
}

void Unsynced::undo(const Note& note, Power power, std::uint64_t seed) {
  switch (note.kind) {
    case Kind::kWrite: {
      const int file = files_[note.inode];
      std::string before = note.old;
      if (power == Power::kTorn) before.resize(note.length);  // what never reached the disk reads as zeros where the size did
      for (std::uint64_t at = 0; at < before.size();) {
        const std::uint64_t part = std::min(kSector - (note.offset + at) % kSector, before.size() - at);
        const bool stays = power == Power::kTorn && mix(seed, mix(note.number, (note.offset + at) / kSector)) % 2 == 0;
        if (!stays) syscall(SYS_pwrite64, file, before.data() + at, part, note.offset + at);
        at += part;
      }
      if (power == Power::kCut || mix(seed, note.number) % 2 == 0) syscall(SYS_ftruncate, file, note.size);
      break;
    }
    case Kind::kCreated: raw_unlink(note.old); break;
    case Kind::kRenamed: raw_rename(note.old, note.from); [[fallthrough]];
    case Kind::kRemoved:
      if (!note.kept.empty()) raw_rename(note.kept, note.old);
      break;
  }
}

std::uint64_t Unsynced::take_back(Power power, std::uint64_t seed) {
  doing.lock();
  lock_.lock();
  // A file system keeps the order in which its directories were changed, so a torn cut takes back the last of those changes.
  const auto is_entry = [](const Note& note) { return note.kind != Kind::kWrite; };
  const auto entries = static_cast<std::uint64_t>(std::ranges::count_if(notes_, is_entry));
  const std::uint64_t stay = power == Power::kTorn ? mix(seed, entries) % (entries + 1) : 0;
  std::uint64_t entry = entries;
  for (auto note = notes_.rbegin(); note != notes_.rend(); ++note) {
    if (is_entry(*note) && entry-- <= stay) continue;
    undo(*note, power, seed);
  }
  return notes_.size();
}

}  // namespace farshore::faults
