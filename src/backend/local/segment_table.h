// SPDX-License-Identifier: Apache-2.0
// SegmentTable: what the loop knows of the segments: their open files and how much of them is alive.
#pragma once

#include <cstdint>
#include <map>
#include <memory>

#include "backend/local/index_rows.h"
#include "runtime/file_system.h"

namespace farshore::backend {

/// Loop thread only; the files in it may be read by workers.
class SegmentTable {
 public:
  struct Segment {
    std::shared_ptr<File> file;
    SegmentUsage usage;
    bool damaged = false;  ///< compaction met a bad record: left alone until an operator has looked
  };

  void add(std::uint64_t segment, std::shared_ptr<File> file) { segments_[segment].file = std::move(file); }
  void set_usage(std::uint64_t segment, const SegmentUsage& usage) {
    if (const auto found = segments_.find(segment); found != segments_.end()) found->second.usage = usage;
  }
  void mark_damaged(std::uint64_t segment) {
    if (const auto found = segments_.find(segment); found != segments_.end()) found->second.damaged = true;
  }
  void remove(std::uint64_t segment) { segments_.erase(segment); }
  /// Null if there is no such segment (any more).
  std::shared_ptr<File> file(std::uint64_t segment) const {
    const auto found = segments_.find(segment);
    return found == segments_.end() ? nullptr : found->second.file;
  }
  const std::map<std::uint64_t, Segment>& all() const { return segments_; }
  /// The segment that is being written; older ones never change.
  std::uint64_t newest() const { return segments_.empty() ? 0 : segments_.rbegin()->first; }

 private:
  std::map<std::uint64_t, Segment> segments_;
};

}  // namespace farshore::backend
