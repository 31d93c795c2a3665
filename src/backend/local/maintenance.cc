// SPDX-License-Identifier: Apache-2.0
// The store's background work: checkpoints, removal of freed extents, compaction, recycling, scrubbing.
#include <algorithm>
#include <utility>

#include "backend/local/blob_reader.h"
#include "backend/local/compaction.h"
#include "backend/local/local_store.h"
#include "backend/local/store_core.h"

namespace farshore::backend {
namespace {

constexpr std::size_t kScrubPageRows = 1024;
constexpr Duration kScrubPause = std::chrono::minutes(10);
/// Sleeps are no shorter than this: one for each of ten million small bodies kept half a core busy.
constexpr Duration kScrubTurn = std::chrono::milliseconds(20);
/// What a body counts at least: the disk reads no less.
constexpr std::uint64_t kScrubReadMin = 4096;

/// How long moving `bytes` may take at least.
Duration pace(std::uint64_t bytes, std::uint64_t bytes_per_second) {
  if (bytes_per_second == 0) return Duration::zero();
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(static_cast<double>(bytes) / static_cast<double>(bytes_per_second)));
}

}  // namespace

Task<Result<void>> LocalStore::checkpoint() {
  const std::uint64_t landed = core_->landed_lsn;
  bytes_since_checkpoint_ = 0;
  OrderedIndex& index = *core_->index;
  CO_TRY_OK(co_await offload(core_->runtime.executor, WorkerClass::kPool, [&index] { return index.flush(); }));
  core_->durable_lsn = std::max(core_->durable_lsn, landed);
  co_return Result<void>();
}

Task<void> LocalStore::checkpoints() {
  const OpContext op = background();
  while (!op.cancel.cancelled()) {
    if (bytes_since_checkpoint_ < core_->settings.checkpoint_bytes) {
      co_await checkpoint_due_.wait(op);
      continue;
    }
    if (auto done = co_await checkpoint(); !done) {
      core_->runtime.log.warn("backend.checkpoint_failed", {{"error", done.error().text()}});
      co_await sleep_for(core_->runtime.executor, op, std::chrono::seconds(1));
    }
  }
}

Task<void> LocalStore::extent_care() {
  const OpContext op = background();
  const std::shared_ptr<ExtentWaste> waste = core_->waste;
  while (!op.cancel.cancelled()) {
    if (waste->blobs.empty()) {
      co_await waste->changed.wait(op);
      continue;
    }
    FileSystem& files = core_->files;
    // What cannot be removed now is an orphan at the next start.
    co_await offload(core_->runtime.executor, WorkerClass::kPool, [&files, blobs = std::exchange(waste->blobs, {})] {
      for (const BlobId blob : blobs) static_cast<void>(files.remove(extent_path(blob)));
    });
  }
}

Task<void> LocalStore::orphans() {
  StoreCore& core = *core_;
  auto removed =
      co_await offload(core.runtime.executor, WorkerClass::kPool, [&core] { return remove_orphans(core.files, *core.index, core.epoch); });
  if (!removed) {
    core.runtime.log.warn("backend.orphans_failed", {{"error", removed.error().text()}});
  } else if (*removed > 0) {
    core.runtime.log.info("backend.orphans_removed", {{"extents", *removed}});
  }
}

Task<void> LocalStore::segment_care() {
  const OpContext op = background();
  while (!op.cancel.cancelled() && !failed()) {
    if (auto written = co_await write_spare(); !written) {
      core_->runtime.log.warn("backend.spare_failed", {{"error", written.error().text()}});
    }
    if (auto done = co_await compact(core_->settings.compact_bytes_per_second); !done && done.error().code() != ErrorCode::kCancelled) {
      core_->runtime.log.warn("backend.compaction_failed", {{"error", done.error().text()}});
    }
    co_await sleep_for(core_->runtime.executor, op, std::chrono::milliseconds(core_->settings.compact_interval_ms));
  }
}

Task<Result<void>> LocalStore::write_spare() {
  StoreCore& core = *core_;
  const std::size_t spares = co_await offload(core.runtime.executor, WorkerClass::kDisk, [&core] { return core.log->spares(); });
  if (spares >= core.settings.spare_segments || !core.space->has_room(core.settings.segment_bytes)) co_return Result<void>();
  const std::string path = spare_path(core.epoch, UINT64_MAX - spares_made_++);
  CO_TRY(std::shared_ptr<File> file, co_await offload(core.runtime.executor, WorkerClass::kPool, [&core, &path] {
           return SegmentLog::write_spare(core.files, path, core.settings.segment_bytes);
         }));
  co_return co_await offload(core.runtime.executor, WorkerClass::kDisk, [&core, &path, &file] { return core.log->add_spare(path, file); });
}

Task<Result<void>> LocalStore::compact(std::uint64_t bytes_per_second) {
  std::vector<std::uint64_t> chosen;
  for (const auto& [segment, known] : core_->segments.all()) {
    if (segment == core_->segments.newest() || known.damaged || known.usage.live_bytes == 0) continue;
    if (known.usage.live_bytes * 100 < known.usage.end * core_->settings.compact_below_percent) chosen.push_back(segment);
  }
  for (const std::uint64_t segment : chosen) CO_TRY_OK(co_await compact_segment(segment, bytes_per_second));
  co_return co_await recycle_dead();
}

Task<Result<void>> LocalStore::compact_segment(std::uint64_t segment, std::uint64_t bytes_per_second) {
  StoreCore& core = *core_;
  const auto known = core.segments.all().find(segment);
  if (known == core.segments.all().end()) co_return Result<void>();
  SegmentWalk walk(known->second.file, *core.index, segment, known->second.usage.end);
  while (!walk.at_end()) {
    CO_TRY(LiveBodies live, co_await offload(core.runtime.executor, WorkerClass::kPool, [&walk] { return walk.next(); }));
    if (live.damaged) {
      core.segments.mark_damaged(segment);
      core.runtime.log.error("backend.segment_damaged", {{"segment", segment}, {"offset", live.damaged_at}});
      co_return Result<void>();
    }
    if (live.entry.blobs.empty()) continue;
    CO_TRY(const std::size_t taken, co_await core.queued_bytes.acquire(background(), live.bytes));
    Result<void> moved;
    {
      PendingRecord pending(RecordDraft::of(RecordKind::kMove, live.entry, std::move(live.bodies)));
      core.committer->enqueue(pending);
      moved = co_await pending.done();
    }
    for (const BlobEntry& blob : live.entry.blobs) core.rows.forget(blob_key(blob.blob));
    core.queued_bytes.release(taken);
    CO_TRY_OK(std::move(moved));
    if (const Duration pause = pace(live.bytes, bytes_per_second); pause > Duration::zero()) {
      if (co_await sleep_for(core.runtime.executor, background(), pause) == Woken::kCancelled) co_return Result<void>();
    }
  }
  co_return Result<void>();
}

Task<Result<void>> LocalStore::recycle_dead() {
  StoreCore& core = *core_;
  const auto dead = [&core](const auto& entry) { return entry.first != core.segments.newest() && entry.second.usage.live_bytes == 0; };
  if (std::ranges::none_of(core.segments.all(), dead)) co_return Result<void>();
  // A segment may be needed by a replay until the index no longer depends on it.
  CO_TRY_OK(co_await checkpoint());
  std::vector<std::uint64_t> chosen;
  for (const auto& entry : core.segments.all()) {
    // Somebody who still reads from the file would see other bytes once it is reused.
    if (dead(entry) && entry.second.usage.last_lsn <= core.durable_lsn && entry.second.file.use_count() == 1) chosen.push_back(entry.first);
  }
  for (const std::uint64_t segment : chosen) {
    std::shared_ptr<File> file = core.segments.file(segment);
    if (file == nullptr) continue;  // compact_now() and the background met
    core.segments.remove(segment);
    CO_TRY_OK(co_await offload(core.runtime.executor, WorkerClass::kDisk, [&core, &file, segment]() -> Result<void> {
      TRY_OK(core.log->recycle(segment, std::move(file)));
      return core.applier->forget_segment(segment);
    }));
  }
  co_return Result<void>();
}

Task<Result<void>> LocalStore::compact_now() { return compact(0); }

Task<void> LocalStore::scrubbing() {
  const OpContext op = background();
  while (!op.cancel.cancelled()) {
    if (auto done = co_await scrub(core_->settings.scrub_bytes_per_second); !done && done.error().code() != ErrorCode::kCancelled) {
      core_->runtime.log.warn("backend.scrub_failed", {{"error", done.error().text()}});
    }
    co_await sleep_for(core_->runtime.executor, op, kScrubPause);
  }
}

Task<Result<std::uint64_t>> LocalStore::scrub_now() { return scrub(0); }

Task<Result<std::uint64_t>> LocalStore::scrub(std::uint64_t bytes_per_second) {
  StoreCore& core = *core_;
  Counter& seen = core.runtime.metrics.counter("farshore_backend_scrubbed_blobs_total", "Blobs whose checksums were verified in the background");
  Counter& bad = core.runtime.metrics.counter("farshore_backend_scrub_corrupt_total", "Blobs found damaged in the background");
  const OpContext op = background();
  std::uint64_t damaged = 0;
  Duration owed{};
  const auto charge = [&](std::uint64_t bytes) { owed += pace(bytes, bytes_per_second); };
  IndexRange range;
  range.begin = blob_key(BlobId(0));
  range.end = "c";
  range.rows_max = kScrubPageRows;
  range.passing = true;
  for (bool more = true; more;) {
    CO_TRY(IndexPage page, co_await offload(core.runtime.executor, WorkerClass::kPool, [&core, &range] { return core.index->scan(range); }));
    more = page.more;
    for (const auto& [key, value] : page.rows) {
      const BlobId blob = blob_of_key(key);
      const auto row = parse_blob(value);
      charge(key.size() + value.size());
      Result<std::uint64_t> verified = 1;
      if (!row) verified = row.error();
      for (std::uint64_t offset = 0; verified && *verified > 0; offset += *verified) {
        if (owed > kScrubTurn) co_await sleep_for(core.runtime.executor, op, std::exchange(owed, Duration()));
        if (op.cancel.cancelled()) co_return Error(ErrorCode::kCancelled, "the store is closing");
        verified = co_await reader_->verify(blob, *row, offset);
        if (verified && *verified > 0) charge(std::max(*verified, kScrubReadMin));
        if (!verified) break;
      }
      if (!verified && verified.error().code() != ErrorCode::kNotFound) {
        bad.add();
        ++damaged;
        core.runtime.log.error("backend.blob_damaged", {{"blob", blob.get()}, {"error", verified.error().text()}});
      }
      seen.add();
    }
    if (!page.rows.empty()) range.begin = page.rows.back().first + '\0';
  }
  co_return damaged;
}

}  // namespace farshore::backend
