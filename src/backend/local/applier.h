// SPDX-License-Identifier: Apache-2.0
// Applier: turns log entries into rows of the index, the same way when they are written and when they are replayed.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "backend/local/index_rows.h"
#include "backend/local/log_entry.h"
#include "backend/local/ordered_index.h"

namespace farshore::backend {

/// Belongs to whoever appends to the log: the disk worker, or recovery. Blocking.
///
/// Every write() stores the position it has reached in the same batch, so each record takes effect exactly once, however
/// often the process stops in between.
class Applier {
 public:
  /// What the loop has to know after a write.
  struct Outcome {
    std::map<std::uint64_t, SegmentUsage> touched;
    std::vector<BlobId> freed_extents;
  };
  /// Where a record stands.
  struct Place {
    std::uint64_t lsn = 0;
    std::uint64_t epoch = 0;
    std::uint64_t segment = 0;
    std::uint64_t body_offset = 0;
    std::uint64_t end = 0;
  };

  Applier(OrderedIndex& index, std::map<std::uint64_t, SegmentUsage> usage, Applied applied)
      : index_(index), usage_(std::move(usage)), applied_(applied) {}

  /// Adds the changes of the next record. They are visible after write().
  Result<void> add(RecordKind kind, const LogEntry& entry, const Place& place);
  Result<void> write();
  /// Moves on without a record: the next one will be in another epoch or segment.
  void move_to(const Applied& position) { applied_ = position; }
  Outcome take_outcome() { return std::exchange(outcome_, {}); }
  /// Removes a segment whose file is gone. It must hold nothing live.
  Result<void> forget_segment(std::uint64_t segment);

  const Applied& applied() const { return applied_; }
  const std::map<std::uint64_t, SegmentUsage>& usage() const { return usage_; }
  std::size_t batch_bytes() const { return batch_.bytes(); }

 private:
  void apply_rows(const LogEntry& entry);
  Result<void> apply_blobs(const LogEntry& entry, const Place& place);
  Result<void> drop(PartitionId id);
  Result<std::optional<BlobRow>> blob(BlobId id);
  void put_blob(BlobId id, BlobRow row);
  void free_blob(BlobId id, const BlobRow& row);
  SegmentUsage& touch(std::uint64_t segment);

  OrderedIndex& index_;
  std::map<std::uint64_t, SegmentUsage> usage_;
  Applied applied_;
  IndexBatch batch_;
  std::map<PartitionId, PartitionState> states_;       ///< of the batch
  std::map<BlobId, std::optional<BlobRow>> blobs_;     ///< as the batch leaves them
  std::map<std::uint64_t, SegmentUsage> batch_usage_;  ///< segments the batch changes
  Outcome outcome_;
};

}  // namespace farshore::backend
