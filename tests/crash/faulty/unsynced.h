// SPDX-License-Identifier: Apache-2.0
// Unsynced: what the kernel holds and the disk may not have yet, so that a cut of power can be played on a running machine.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>

#include "control.h"

namespace farshore::faults {

/// Remembers how to undo every write and every change of a directory until a sync asks for it.
///
/// 1. Every tracked call holds `doing` shared from before it changes anything until it is noted here; take_back holds it alone and never gives
///    it back: behind a cut nothing is written any more.
/// 2. A sync releases only what was noted before it began.
/// 3. Data and directories are undone in the reverse of their order.
///
/// Off (and free) unless the control file asks for a cut of power when the process starts. Threads: any.
class Unsynced {
 public:
  bool on() const { return on_; }
  Unsynced();
  std::shared_mutex doing;

  /// Before a write of `bytes` at `offset` of an open file.
  void note_write(int file, std::uint64_t offset, std::uint64_t bytes);
  void note_size(int file) { note_write(file, 0, 0); }
  /// After a file was made.
  void note_created(const std::string& path);
  /// Before a rename or removal: what stands under `path` gets another name as well, until the directory is synced. Gives that name, or nothing if
  /// nothing stands there.
  std::string keep(const std::string& path);
  /// After a call for whose sake something was kept. A rename is one change of its directory, and so one note: no cut takes half of it back.
  void note_removed(const std::string& path, std::string kept);
  void note_renamed(const std::string& from, const std::string& to, std::string kept);
  /// After a call that went wrong.
  void let_go(const std::string& kept);

  std::uint64_t mark();
  /// What was noted of the file up to the mark is on the disk.
  void synced_file(int file, std::uint64_t mark);
  void synced_directory(const std::string& directory, std::uint64_t mark);

  /// Undoes what no sync has asked for. Gives how much that was. Never returns `doing`.
  std::uint64_t take_back(Power power, std::uint64_t seed);

 private:
  enum class Kind : unsigned char { kWrite, kCreated, kRemoved, kRenamed };
  struct Note {
    std::uint64_t number = 0;
    Kind kind = Kind::kWrite;
    std::uint64_t inode = 0;  // of a write
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
    std::uint64_t size = 0;  // of the file before it
    std::string old;         // bytes that stood there before it; else: the path
    std::string from;        // renamed: the old path
    std::string kept;        // renamed, removed: where it is kept that stood under the path, or nothing
  };
  void note_entry(Kind kind, std::string path, std::string from, std::string kept);
  void undo(const Note& note, Power power, std::uint64_t seed);

  const bool on_;
  std::string keep_;  // directory of what is kept
  std::mutex lock_;   // of the rest
  std::uint64_t numbers_ = 0;
  std::uint64_t keeps_ = 0;
  std::deque<Note> notes_;
  std::map<std::uint64_t, int> files_;  // inode to a descriptor of our own
};

Unsynced& unsynced();

}  // namespace farshore::faults
