// SPDX-License-Identifier: Apache-2.0
// What an open file is for, and so which of the test's steps a system call is.
#pragma once

#include <cstdint>
#include <string_view>

#include "control.h"

namespace farshore::faults {

/// Kinds of files and directories of a region's data, and sockets.
enum class Kind : std::uint8_t {
  kOther,
  kSegment,      ///< log/seg-…
  kSpare,        ///< log/spare-…
  kExtent,       ///< extents/…
  kSuperblock,   ///< meta/superblock and its successor
  kTable,        ///< index/….sst
  kManifest,     ///< index/MANIFEST-…, OPTIONS-…
  kCurrent,      ///< index/CURRENT and its successor
  kKey,          ///< key files beside the store
  kDirectory,  ///< any other; it and those behind it are directories, but for the last
  kLogDirectory,
  kExtentDirectory,
  kMetaDirectory,
  kIndexDirectory,
  kSocket,
  kCount,
};

enum class Call : std::uint8_t {
  kCreate,
  kRead,
  kWrite,
  kMove,  ///< a write of a segment that begins with a body that compaction moves
  kSync,
  kResize,
  kRename,  ///< by the kind that the file has then: "segment.rename" makes a segment of a spare, "spare.rename" recycles one
  kRemove,
  kSend,
  kCount,
};

Kind kind_of(std::string_view path);
/// What open() said about the descriptor; kOther for others.
Kind kind_of(int file);
void set_kind(int file, Kind kind);
/// Gives files that are open under this path its kind: a spare that has become a segment.
void kind_follows_path(const char* path);

/// "segment.write"; null if the test does not ask for it.
Row* step(Kind kind, Call call);

}  // namespace farshore::faults
