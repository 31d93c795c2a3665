// SPDX-License-Identifier: Apache-2.0
#include "backend/memory/memory_partition.h"

#include <algorithm>

#include "base/check.h"
#include "storage/journal_trimmed.h"

namespace farshore::backend {
namespace {

using storage::Batch;

Error fenced() { return Error(ErrorCode::kPartitionFenced, "the partition was opened by a newer store, or dropped"); }
Error unavailable() { return Error(ErrorCode::kStorageUnavailable, "the memory store was told to be unavailable"); }
Error full() { return Error(ErrorCode::kStorageFull, "the memory store was told to be full"); }

}  // namespace

MemoryPartition::MemoryPartition(std::shared_ptr<MemoryStore::Shared> shared, PartitionId id)
    : shared_(std::move(shared)), id_(id), clock_(stored().high_water), placed_(stored().last), committed_(shared_->runtime.executor), flush_(*this) {}

Task<Result<void>> MemoryPartition::before_read() {
  co_await shared_->pause(shared_->behaviour.read_delay_max);
  if (shared_->behaviour.unavailable) co_return unavailable();
  co_return Result<void>();
}

Task<Result<std::optional<storage::Row>>> MemoryPartition::get(OpContext, Bytes key) {
  CO_TRY_OK(co_await before_read());
  std::optional<storage::Row> row;
  const auto& rows = stored().rows;
  if (const auto found = rows.find(key); found != rows.end()) row = storage::Row{found->first, found->second.value, found->second.version};
  // What was read may be old by the time the caller sees it, as with any disk.
  co_await yield_now(shared_->runtime.executor);
  co_return row;
}

Task<Result<storage::ScanPage>> MemoryPartition::scan(OpContext, storage::ScanRange range) {
  CO_TRY_OK(co_await before_read());
  storage::ScanPage page;
  const auto& rows = stored().rows;
  auto first = rows.lower_bound(range.begin);
  auto last = range.end.empty() ? rows.end() : rows.lower_bound(range.end);
  if (!range.end.empty() && range.end <= range.begin) last = first;
  std::size_t bytes = 0;
  const auto take = [&](const auto& entry) {
    bytes += entry.first.size() + entry.second.value.size();
    page.rows.push_back(storage::Row{entry.first, entry.second.value, entry.second.version});
  };
  const auto within = [&] { return page.rows.size() < range.rows_max && (page.rows.empty() || bytes < range.bytes_max); };
  if (range.backwards) {
    while (first != last && within()) take(*--last);
  } else {
    while (first != last && within()) take(*first++);
  }
  page.more = first != last;
  co_await yield_now(shared_->runtime.executor);
  co_return page;
}

HybridTime MemoryPartition::stamp(HybridTime floor) { return clock_.tick(shared_->runtime.clock.now().millis(), floor); }

void MemoryPartition::observe(HybridTime remote) {
  clock_.observe(remote, shared_->runtime.clock.now().millis(), storage::kObservedDriftMaxMillis);
}

Task<Result<storage::CommitReceipt>> MemoryPartition::commit(OpContext, Batch batch) {
  // Everything up to place() happens without suspending: that is what makes expectations hold.
  auto& behaviour = shared_->behaviour;
  std::optional<Error> refused;
  std::shared_ptr<Pending> wait_for;
  std::optional<CommitFault> fault;
  if (!writable()) {
    refused = fenced();
  } else if (behaviour.unavailable) {
    refused = unavailable().with_effect(Effect::kMaybeApplied);
  } else if (refused = check_expectations(batch, wait_for); !refused) {
    fault = std::exchange(behaviour.next_commit, std::nullopt);
    if (fault == CommitFault::kLost) refused = unavailable().with_effect(Effect::kMaybeApplied);
    if (fault == CommitFault::kFull) refused = full();
    if (!refused) refused = check_blobs(batch);
  }
  if (!refused) {
    wait_for = place(std::move(batch));
    wait_for->reported_lost = fault == CommitFault::kAppliedUnsaid;
  }
  const std::shared_ptr<Pending> own = refused ? nullptr : wait_for;
  if (wait_for) {
    co_await settled(wait_for);
  } else {
    co_await shared_->pause(behaviour.commit_delay_max);
  }
  if (refused) co_return *refused;
  if (own->failure) co_return *own->failure;
  co_return own->receipt;
}

std::optional<Error> MemoryPartition::check_expectations(const Batch& batch, std::shared_ptr<Pending>& broken_by) const {
  const auto& rows = stored().rows;
  for (const auto& expected : batch.expectations) {
    std::optional<Sequence> version;
    std::shared_ptr<Pending> by;
    if (const auto planned = planned_.find(expected.key); planned != planned_.end()) {
      version = planned->second.version;
      by = planned->second.by;
    } else if (const auto row = rows.find(expected.key); row != rows.end()) {
      version = row->second.version;
    }
    if (version == expected.version) continue;
    broken_by = std::move(by);
    return Error(ErrorCode::kExpectationFailed, "a row is not what the batch was decided on").with("row", expected.key).with_retry(Retry::kAfterRefresh);
  }
  return std::nullopt;
}

std::optional<Error> MemoryPartition::check_blobs(const Batch& batch) const {
  // References as they would be after each change in turn.
  std::map<BlobId, std::uint64_t> references;
  for (const auto& change : batch.blobs) {
    const auto found = shared_->medium->blobs.find(change.blob);
    const bool known = found != shared_->medium->blobs.end();
    auto& count = references.try_emplace(change.blob, known ? found->second.planned : 0).first->second;
    const std::string name = std::to_string(change.blob.get());
    if (change.use == Batch::BlobUse::kAdopt) {
      if (shared_->behaviour.full) return full();
      if (!known || count != 0) return Error(ErrorCode::kNotFound, "no finished, unowned blob to adopt").with("blob", name);
      count = 1;
      continue;
    }
    // The rows that named the blob may live in another partition, so its end is an expectation that failed like any other.
    if (count == 0) {
      return Error(ErrorCode::kExpectationFailed, "the blob is no longer owned").with("blob", name).with_retry(Retry::kAfterRefresh);
    }
    if (change.use == Batch::BlobUse::kShare) ++count;
    if (change.use == Batch::BlobUse::kRelease) --count;
  }
  return std::nullopt;
}

std::shared_ptr<MemoryPartition::Pending> MemoryPartition::place(Batch batch) {
  auto& runtime = shared_->runtime;
  auto pending = std::make_shared<Pending>(runtime.executor);
  placed_ = Sequence(placed_.get() + 1);
  pending->receipt = {placed_, clock_.tick(runtime.clock.now().millis())};
  const auto span = static_cast<std::uint64_t>(shared_->behaviour.commit_delay_max.count()) + 1;
  pending->due = runtime.executor.now() + Duration(static_cast<std::int64_t>(runtime.random.below(span)));
  if (!pending_.empty()) pending->due = std::max(pending->due, pending_.back()->due);
  for (const auto& mutation : batch.mutations) {
    planned_.insert_or_assign(mutation.key, PlannedRow{mutation.value ? std::optional(placed_) : std::nullopt, pending});
  }
  for (const auto& change : batch.blobs) {
    auto& planned = shared_->medium->blobs.at(change.blob).planned;
    change.use == Batch::BlobUse::kRelease ? --planned : ++planned;
  }
  pending->batch = std::move(batch);
  pending_.push_back(pending);
  if (pending_.size() == 1) runtime.executor.arm(flush_, pending->due);
  return pending;
}

void MemoryPartition::settle_due() {
  auto& executor = shared_->runtime.executor;
  while (!pending_.empty() && pending_.front()->due <= executor.now()) {
    const auto pending = std::move(pending_.front());
    pending_.pop_front();
    if (writable()) {
      apply(*pending);
      if (pending->reported_lost) pending->failure = unavailable().with_effect(Effect::kMaybeApplied);
      committed_.notify_all();
    } else {
      pending->failure = fenced();
    }
    std::erase_if(planned_, [&](const auto& row) { return row.second.by == pending; });
    pending->settled = true;
    pending->changed.notify_all();
  }
  if (!pending_.empty()) executor.arm(flush_, pending_.front()->due);
}

void MemoryPartition::apply(Pending& pending) {
  auto& partition = stored();
  const Sequence sequence = pending.receipt.sequence;
  FS_CHECK(sequence.get() == partition.last.get() + 1);
  for (auto& mutation : pending.batch.mutations) {
    if (mutation.value) {
      partition.rows.insert_or_assign(std::move(mutation.key), MemoryMedium::StoredRow{std::move(*mutation.value), sequence});
    } else {
      partition.rows.erase(mutation.key);
    }
  }
  auto& blobs = shared_->medium->blobs;
  for (const auto& change : pending.batch.blobs) {
    const auto blob = blobs.find(change.blob);
    FS_CHECK(blob != blobs.end());
    change.use == Batch::BlobUse::kRelease ? --blob->second.references : ++blob->second.references;
  }
  for (const auto& change : pending.batch.blobs) {
    // A commit of another partition may have shared it already and only wait for its own durability.
    const auto blob = blobs.find(change.blob);
    if (blob != blobs.end() && blob->second.references == 0 && blob->second.planned == 0) blobs.erase(blob);
  }
  if (pending.batch.journal_record) {
    partition.journal.emplace(sequence, storage::JournalEntry{sequence, pending.receipt.committed, std::move(*pending.batch.journal_record)});
  }
  partition.last = sequence;
  partition.high_water = pending.receipt.committed;
}

Task<void> MemoryPartition::settled(std::shared_ptr<Pending> pending) {
  while (!pending->settled) co_await pending->changed.wait();
}

Task<Result<storage::JournalPage>> MemoryPartition::read_journal(OpContext, Sequence after, std::size_t entries_max) {
  CO_TRY_OK(co_await before_read());
  const auto& partition = stored();
  if (after < partition.trimmed) co_return storage::journal_trimmed(partition.trimmed);
  storage::JournalPage page;
  auto entry = partition.journal.upper_bound(after);
  for (; entry != partition.journal.end() && page.entries.size() < entries_max; ++entry) page.entries.push_back(entry->second);
  if (entry == partition.journal.end()) {
    page.read_to = std::max(after, partition.last);
  } else {
    page.read_to = page.entries.empty() ? after : page.entries.back().sequence;
  }
  co_await yield_now(shared_->runtime.executor);
  co_return page;
}

Task<Result<void>> MemoryPartition::trim_journal(OpContext, Sequence up_to) {
  co_await shared_->pause(shared_->behaviour.commit_delay_max);
  if (!writable()) co_return fenced();
  if (shared_->behaviour.unavailable) co_return unavailable();
  auto& partition = stored();
  const auto end = partition.journal.upper_bound(up_to);
  if (end != partition.journal.begin()) partition.trimmed = std::prev(end)->first;
  partition.journal.erase(partition.journal.begin(), end);
  co_return Result<void>();
}

}  // namespace farshore::backend
