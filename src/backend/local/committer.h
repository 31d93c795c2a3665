// SPDX-License-Identifier: Apache-2.0
// Committer: the one coroutine that takes waiting records to the log, group by group.
#pragma once

#include <cstdint>
#include <vector>

#include "backend/local/applier.h"
#include "backend/local/segment_log.h"
#include "backend/local/settings.h"
#include "runtime/runtime.h"
#include "runtime/task.h"
#include "runtime/wait.h"

namespace farshore::backend {

/// A record that waits for the disk. Lives in the frame of the coroutine that awaits done().
class PendingRecord : public Link {
 public:
  explicit PendingRecord(RecordDraft record) : draft(std::move(record)) {}
  virtual ~PendingRecord() = default;
  /// Runs on the loop once the record is durable and in the index, in log order, before anybody is resumed.
  virtual void landed() {}

  struct Done {
    PendingRecord& record;
    bool await_ready() const { return record.finished; }
    void await_suspend(std::coroutine_handle<> handle) { record.waiter.handle = handle; }
    const Result<void>& await_resume() const { return record.result; }
  };
  /// Waits until the record has landed or failed. Cannot be cancelled: the record has its place.
  Done done() { return Done{*this}; }

  RecordDraft draft;
  Instant enqueued{};
  Result<void> result;
  bool finished = false;
  ReadyNode waiter;
};

/// What one group changed, told to the loop.
struct GroupOutcome {
  Applier::Outcome applied;
  std::vector<SegmentLog::Opened> opened;
  std::uint64_t last_lsn = 0;
  std::uint64_t bytes = 0;
  std::uint64_t free_bytes = 0;
};

/// Port: told what happens to groups, on the loop.
class GroupObserver {
 public:
  virtual ~GroupObserver() = default;
  /// The group is durable. Called before its records' landed().
  virtual void group_landed(GroupOutcome outcome) = 0;
  /// Everything that waited has failed with nothing written: what was decided on top of it must be forgotten.
  virtual void queue_dropped() = 0;
  /// The log's epoch has ended: nothing will be written again.
  virtual void log_ended(const Error& cause) = 0;
};

/// Loop thread, except the work it lends to the disk worker.
///
/// 1. Records land in the order of enqueue().
/// 2. One group is on the disk at a time; while it is, the next one gathers.
class Committer {
 public:
  Committer(Runtime runtime, FileSystem& files, SegmentLog& log, Applier& applier, const LocalSettings& settings, GroupObserver& observer);

  /// Gives the record its place; after the log's end it fails at once. The caller awaits record.done().
  void enqueue(PendingRecord& record);
  /// Runs until stop() and until nothing waits any more.
  Task<void> run();
  void stop();
  /// Whether the log has failed.
  bool ended() const { return ended_; }
  Error ended_error() const;

 private:
  void gather();
  Result<GroupOutcome> write_group();
  void finish(Result<GroupOutcome> written);
  void fail_all(const Error& error);

  Runtime runtime_;
  FileSystem& files_;
  SegmentLog& log_;
  Applier& applier_;
  const LocalSettings& settings_;
  GroupObserver& observer_;
  Link queue_;
  std::vector<PendingRecord*> group_;
  std::vector<RecordDraft*> drafts_;
  Signal wake_;
  bool stopping_ = false;
  bool ended_ = false;
  bool finished_ = false;
  Histogram& commit_seconds_;
  Histogram& fsync_seconds_;
  Histogram& group_size_;
  Counter& log_bytes_;
  Counter& failures_;
};

}  // namespace farshore::backend
