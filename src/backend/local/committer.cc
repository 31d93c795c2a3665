// SPDX-License-Identifier: Apache-2.0
#include "backend/local/committer.h"

namespace farshore::backend {
namespace {

const std::vector<double> kSecondsBounds = {0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2};
const std::vector<double> kGroupBounds = {1, 2, 4, 8, 16, 32, 64, 128, 256, 1024};

double seconds(Duration duration) { return std::chrono::duration<double>(duration).count(); }

}  // namespace

Committer::Committer(Runtime runtime, FileSystem& files, SegmentLog& log, Applier& applier, const LocalSettings& settings,
                     GroupObserver& observer)
    : runtime_(runtime),
      files_(files),
      log_(log),
      applier_(applier),
      settings_(settings),
      observer_(observer),
      wake_(runtime.executor),
      commit_seconds_(runtime.metrics.histogram("farshore_backend_commit_seconds", "From a commit's place in the log to its durability", kSecondsBounds)),
      fsync_seconds_(runtime.metrics.histogram("farshore_backend_fsync_seconds", "Write, sync and index of one group", kSecondsBounds)),
      group_size_(runtime.metrics.histogram("farshore_backend_group_size", "Records in one group", kGroupBounds)),
      log_bytes_(runtime.metrics.counter("farshore_backend_log_bytes_total", "Bytes appended to the segment log")),
      failures_(runtime.metrics.counter("farshore_backend_log_failures_total", "Groups that could not be written")) {}

void Committer::enqueue(PendingRecord& record) {
  if (ended_ || finished_) {
    record.result = ended_error();
    record.finished = true;
    return;
  }
  record.enqueued = runtime_.executor.now();
  record.append_to(queue_);
  wake_.notify_one();
}

void Committer::stop() {
  stopping_ = true;
  wake_.notify_all();
}

Error Committer::ended_error() const {
  return Error(ErrorCode::kStorageUnavailable, "the store has failed or was closed; it must be reopened");
}

Task<void> Committer::run() {
  while (true) {
    if (queue_.linked()) {
      gather();
      const Instant begun = runtime_.executor.now();
      Result<GroupOutcome> written = co_await offload(runtime_.executor, WorkerClass::kDisk, [this] { return write_group(); });
      fsync_seconds_.observe(seconds(runtime_.executor.now() - begun));
      finish(std::move(written));
      if (ended_) co_return;
    } else if (stopping_) {
      finished_ = true;
      co_return;
    } else {
      co_await wake_.wait();
    }
  }
}

void Committer::gather() {
  std::uint64_t bytes = 0;
  while (queue_.linked() && group_.size() < settings_.group_max_commits) {
    auto* record = static_cast<PendingRecord*>(queue_.next());
    bytes += record->draft.bytes();
    if (!group_.empty() && bytes > settings_.group_max_bytes) break;
    record->unlink();
    group_.push_back(record);
    drafts_.push_back(&record->draft);
  }
}

Result<GroupOutcome> Committer::write_group() {
  TRY_OK(log_.append(drafts_));
  GroupOutcome outcome;
  const auto apply = [&]() -> Result<void> {
    for (const RecordDraft* draft : drafts_) {
      TRY(const LogEntry entry, parse_entry(draft->payload()));
      const RecordHeader& header = draft->header;
      TRY_OK(applier_.add(draft->kind, entry, {header.lsn, header.epoch, header.segment, draft->body_offset(), draft->end()}));
      outcome.bytes += header.total_bytes();
    }
    return applier_.write();
  };
  if (auto applied = apply(); !applied) {
    return Error(ErrorCode::kStorageUnavailable, "the index could not follow the log; the store must be reopened")
        .with_effect(Effect::kMaybeApplied)
        .caused_by(applied.error());
  }
  outcome.applied = applier_.take_outcome();
  outcome.opened = log_.take_opened();
  outcome.last_lsn = applier_.applied().lsn;
  // Not knowing how much is free is no reason to fail a commit that is durable.
  outcome.free_bytes = files_.free_bytes().value_or(0);
  return outcome;
}

void Committer::finish(Result<GroupOutcome> written) {
  if (!written) {
    failures_.add();
    const Error error = written.error();
    if (error.effect() == Effect::kMaybeApplied) {
      ended_ = true;
      fail_all(error);
      observer_.log_ended(error);
    } else {
      fail_all(error);
      observer_.queue_dropped();
    }
    return;
  }
  group_size_.observe(static_cast<double>(group_.size()));
  log_bytes_.add(static_cast<double>(written->bytes));
  observer_.group_landed(*std::move(written));
  const Instant now = runtime_.executor.now();
  for (PendingRecord* record : group_) {
    record->landed();
    commit_seconds_.observe(seconds(now - record->enqueued));
  }
  for (PendingRecord* record : group_) {
    record->finished = true;
    if (record->waiter.handle) runtime_.executor.post(record->waiter);
  }
  group_.clear();
  drafts_.clear();
}

void Committer::fail_all(const Error& error) {
  while (queue_.linked()) {
    auto* record = static_cast<PendingRecord*>(queue_.next());
    record->unlink();
    group_.push_back(record);
  }
  for (PendingRecord* record : group_) {
    record->result = error;
    record->finished = true;
    if (record->waiter.handle) runtime_.executor.post(record->waiter);
  }
  group_.clear();
  drafts_.clear();
}

}  // namespace farshore::backend
