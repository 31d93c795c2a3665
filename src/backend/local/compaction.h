// SPDX-License-Identifier: Apache-2.0
// SegmentWalk: finds the bodies in a segment that are still owned, so that they can be written again elsewhere.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "backend/local/log_entry.h"
#include "backend/local/ordered_index.h"
#include "base/bytes.h"
#include "base/result.h"
#include "runtime/file_system.h"

namespace farshore::backend {

/// Some live bodies and the entry that moves them.
struct LiveBodies {
  LogEntry entry;
  std::vector<Buffer> bodies;
  std::uint64_t bytes = 0;
  bool damaged = false;
  std::uint64_t damaged_at = 0;
};

/// One worker at a time; blocking. The segment must not be written any more.
///
/// What it finds may be freed or moved before the move record is applied; the record then changes nothing (Applier).
class SegmentWalk {
 public:
  SegmentWalk(std::shared_ptr<File> file, OrderedIndex& index, std::uint64_t segment, std::uint64_t end)
      : file_(std::move(file)), index_(index), segment_(segment), end_(end) {}
  bool at_end() const { return offset_ >= end_; }
  /// Goes on until about 1 MiB is found or the segment ends. Error: kStorageUnavailable.
  Result<LiveBodies> next();

 private:
  std::shared_ptr<File> file_;
  OrderedIndex& index_;
  const std::uint64_t segment_;
  const std::uint64_t end_;
  std::uint64_t offset_ = 0;
};

}  // namespace farshore::backend
