// SPDX-License-Identifier: Apache-2.0
#include "backend/local/local_partition.h"

#include <algorithm>

#include <fmt/format.h>

#include "backend/local/little_endian.h"
#include "storage/journal_trimmed.h"
#include "storage/keys.h"

namespace farshore::backend {
namespace {

constexpr std::size_t kJournalPageBytes = 4u << 20;
constexpr std::size_t kTrimChunkRows = 1000;
/// A row that was read a moment ago is still in memory, unless the cache is far too small for what goes on.
constexpr int kWarmAttemptsMax = 32;

std::size_t cost_of(const storage::Batch& batch, BlobTable& blobs) {
  std::size_t bytes = 256;
  for (const auto& mutation : batch.mutations) bytes += mutation.key.size() * 2 + (mutation.value ? mutation.value->size() : 0) + 64;
  if (batch.journal_record) bytes += batch.journal_record->size();
  for (const auto& change : batch.blobs) {
    const FinishedBlob* blob = change.use == storage::Batch::BlobUse::kAdopt ? blobs.find(change.blob) : nullptr;
    bytes += 64 + (blob != nullptr && !blob->extent ? blob->length : 0);
  }
  return bytes;
}

bool adopts(const storage::Batch& batch) {
  return std::ranges::any_of(batch.blobs, [](const auto& change) { return change.use == storage::Batch::BlobUse::kAdopt; });
}

Error not_owned(BlobId blob) {
  return Error(ErrorCode::kExpectationFailed, "the batch names a blob that is not there to be adopted, shared or released")
      .with("blob", fmt::format("{:016x}", blob.get()))
      .with_retry(Retry::kAfterRefresh);
}

}  // namespace

/// A commit on its way to the disk, with what has to be undone in the overlays when it lands.
class LocalPartition::PendingCommit final : public PendingRecord {
 public:
  PendingCommit(LocalPartition& owner, RecordDraft record) : PendingRecord(std::move(record)), partition(owner) {}
  void landed() override { partition.landed(*this); }

  LocalPartition& partition;
  storage::CommitReceipt receipt{};
  std::uint64_t ticket = 0;
  storage::Batch batch;
};

LocalPartition::LocalPartition(StoreCore& core, PartitionId id, PartitionState state, Sequence trimmed)
    : core_(core),
      id_(id),
      clock_(state.high_water),
      placed_(state.last_sequence),
      durable_(state.last_sequence),
      trimmed_(trimmed),
      trim_placed_(trimmed),
      committed_(core.runtime.executor) {}

Result<void> LocalPartition::usable() const {
  if (fenced_) return Error(ErrorCode::kPartitionFenced, "the partition has been dropped");
  if (core_.committer->ended()) return core_.committer->ended_error();
  return {};
}

Task<Result<void>> LocalPartition::landed_up_to(OpContext op, Sequence sequence) {
  while (durable_ < sequence && placed_ >= sequence) {
    CO_TRY_OK(usable());
    CO_TRY_OK(woken_result(co_await committed_.wait(op)));
  }
  co_return Result<void>();
}

Task<Result<std::optional<storage::Row>>> LocalPartition::get(OpContext op, Bytes key) {
  if (core_.committer->ended() && overlay_.contains(key)) co_return core_.committer->ended_error();
  Bytes stored_key = row_key(id_, key);
  std::optional<Bytes> stored;
  if (auto known = core_.rows.look_up(stored_key)) {
    stored = *std::move(known);
  } else {
    OrderedIndex& index = *core_.index;
    CO_TRY(stored, co_await offload(core_.runtime.executor, WorkerClass::kPool, [&index, &stored_key] { return index.get(stored_key); }));
  }
  if (!stored) co_return std::nullopt;
  CO_TRY(storage::Row row, parse_row(std::move(key), *std::move(stored)));
  // The index may be a moment ahead of the acknowledgement.
  if (row.version > durable_) CO_TRY_OK(co_await landed_up_to(std::move(op), row.version));
  co_return row;
}

Task<Result<storage::ScanPage>> LocalPartition::scan(OpContext op, storage::ScanRange range) {
  if (core_.committer->ended() && overlay_.any_between(range.begin, range.end)) co_return core_.committer->ended_error();
  IndexRange wanted;
  wanted.begin = row_key(id_, range.begin);
  wanted.end = range.end.empty() ? storage::prefix_end(class_prefix(id_, kRowClass)) : row_key(id_, range.end);
  wanted.rows_max = range.rows_max;
  wanted.bytes_max = range.bytes_max;
  wanted.backwards = range.backwards;
  OrderedIndex& index = *core_.index;
  CO_TRY(IndexPage found, co_await offload(core_.runtime.executor, WorkerClass::kPool, [&index, &wanted] { return index.scan(wanted); }));
  storage::ScanPage page;
  page.more = found.more;
  page.rows.reserve(found.rows.size());
  const std::size_t prefix = class_prefix(id_, kRowClass).size();
  Sequence newest;
  for (auto& [key, value] : found.rows) {
    CO_TRY(storage::Row row, parse_row(key.substr(prefix), std::move(value)));
    newest = std::max(newest, row.version);
    page.rows.push_back(std::move(row));
  }
  if (newest > durable_) CO_TRY_OK(co_await landed_up_to(std::move(op), newest));
  co_return page;
}

HybridTime LocalPartition::stamp(HybridTime floor) { return clock_.tick(core_.runtime.clock.now().millis(), floor); }

void LocalPartition::observe(HybridTime remote) {
  clock_.observe(remote, core_.runtime.clock.now().millis(), static_cast<std::int64_t>(core_.settings.clock_drift_max_ms));
}

Task<Result<storage::CommitReceipt>> LocalPartition::commit(OpContext op, storage::Batch batch) {
  CO_TRY_OK(usable());
  if (adopts(batch)) CO_TRY_OK(co_await core_.space->admit(0));
  std::size_t taken = std::min<std::size_t>(cost_of(batch, core_.blobs), core_.settings.queued_max_bytes);
  if (!core_.queued_bytes.try_acquire(taken)) {
    CO_TRY(taken, co_await core_.queued_bytes.acquire(op, taken));
  }
  auto receipt = co_await place(std::move(op), std::move(batch));
  core_.queued_bytes.release(taken);
  co_return receipt;
}

Task<Result<storage::CommitReceipt>> LocalPartition::place(OpContext op, storage::Batch batch) {
  Verdict verdict;
  for (int attempt = 0;; ++attempt) {
    CO_TRY_OK(usable());
    verdict = judge(batch);
    if (verdict.refused) {
      // Whoever is told of a conflict must be able to read it, or he would decide the same again.
      if (auto landed = co_await landed_up_to(op, verdict.conflict); !landed && core_.committer->ended()) co_return std::move(landed).error();
      co_return *std::move(verdict.refused);
    }
    if (verdict.cold.empty()) break;
    if (attempt == kWarmAttemptsMax) co_return Error(ErrorCode::kStorageUnavailable, "the index cannot keep the rows of one batch in memory");
    CO_TRY_OK(co_await warm(std::move(verdict.cold)));
  }
  // Invariant 2: nothing is awaited from here to enqueue().
  placed_ = Sequence(placed_.get() + 1);
  const storage::CommitReceipt receipt{placed_, stamp({})};
  PendingCommit pending(*this, draft(batch, verdict, receipt));
  pending.receipt = receipt;
  pending.ticket = core_.next_ticket++;
  for (auto& mutation : batch.mutations) {
    overlay_.set(mutation.key, placed_, !mutation.value.has_value());
    if (!followed_) mutation.value.reset();
  }
  for (const auto& [blob, count] : verdict.references) core_.blobs.set_pending(blob, count, pending.ticket);
  pending.batch = std::move(batch);
  core_.committer->enqueue(pending);
  CO_TRY_OK(co_await pending.done());
  co_return receipt;
}

Task<Result<void>> LocalPartition::warm(std::vector<Bytes> keys) const {
  OrderedIndex& index = *core_.index;
  co_return co_await offload(core_.runtime.executor, WorkerClass::kPool, [&index, &keys]() -> Result<void> {
    for (const Bytes& key : keys) TRY_OK(index.get(key));
    return {};
  });
}

LocalPartition::Verdict LocalPartition::judge(const storage::Batch& batch) const {
  Verdict verdict;
  for (const auto& expectation : batch.expectations) {
    std::optional<Sequence> version;
    const bool pending = overlay_.find(expectation.key, version);
    if (!pending) {
      Bytes key = row_key(id_, expectation.key);
      const auto stored = core_.rows.look_up(key);
      if (!stored) {
        verdict.cold.push_back(std::move(key));
        continue;
      }
      if (*stored) version = stored_version(**stored);
    }
    if (version == expectation.version) continue;
    if (pending) verdict.conflict = version.value_or(placed_);
    verdict.refused = Error(ErrorCode::kExpectationFailed, "a row is not the one that was read")
                          .with("row", expectation.key)
                          .with_retry(Retry::kAfterRefresh);
    return verdict;
  }
  judge_blobs(batch, verdict);
  // A row that has yet to be looked at may say that the batch is merely stale, which is what its caller can act on.
  if (!verdict.cold.empty()) verdict.refused.reset();
  return verdict;
}

void LocalPartition::judge_blobs(const storage::Batch& batch, Verdict& verdict) const {
  for (const auto& [blob, use] : batch.blobs) {
    auto known = std::ranges::find(verdict.references, blob, &References::blob);
    if (use == storage::Batch::BlobUse::kAdopt) {
      const FinishedBlob* finished = core_.blobs.find(blob);
      if (finished == nullptr || finished->adopted || known != verdict.references.end()) {
        verdict.refused = not_owned(blob);
        return;
      }
      verdict.references.push_back({blob, 1});
      continue;
    }
    if (known == verdict.references.end()) {
      const auto count = references(blob, verdict);
      if (!count) continue;  // cold
      verdict.references.push_back({blob, *count});
      known = std::prev(verdict.references.end());
    }
    if (known->count == 0) {
      verdict.refused = not_owned(blob);
      return;
    }
    known->count += use == storage::Batch::BlobUse::kShare ? 1 : -1;
  }
}

std::optional<std::uint64_t> LocalPartition::references(BlobId blob, Verdict& verdict) const {
  if (const auto pending = core_.blobs.pending_references(blob)) return pending;
  Bytes key = blob_key(blob);
  const auto stored = core_.index->get_cached(key);
  if (!stored) {
    verdict.cold.push_back(std::move(key));
    return std::nullopt;
  }
  if (!*stored) return 0;
  const auto row = parse_blob(**stored);
  return row ? row->references : 0;
}

RecordDraft LocalPartition::draft(const storage::Batch& batch, const Verdict& verdict, const storage::CommitReceipt& receipt) {
  LogEntry entry;
  entry.partition = id_;
  entry.sequence = receipt.sequence;
  entry.committed = receipt.committed;
  entry.high_water = clock_.high_water();
  entry.mutations.reserve(batch.mutations.size());
  for (const auto& mutation : batch.mutations) {
    entry.mutations.push_back({mutation.key, mutation.value ? std::optional<BytesView>(*mutation.value) : std::nullopt});
  }
  if (batch.journal_record) entry.journal = *batch.journal_record;
  std::vector<Buffer> bodies;
  for (const auto& [blob, use] : batch.blobs) {
    if (use != storage::Batch::BlobUse::kAdopt) continue;
    FinishedBlob& finished = *core_.blobs.find(blob);
    finished.adopted = true;
    BlobEntry adopted;
    adopted.kind = finished.extent ? BlobEntry::Kind::kExtent : finished.tiny ? BlobEntry::Kind::kTiny : BlobEntry::Kind::kInline;
    adopted.blob = blob;
    adopted.length = finished.length;
    adopted.crc = finished.crc;
    if (finished.tiny) {
      adopted.bytes = finished.tiny->view();
    } else {
      bodies.insert(bodies.end(), finished.pieces.begin(), finished.pieces.end());
    }
    entry.blobs.push_back(adopted);
  }
  for (const auto& [blob, count] : verdict.references) {
    const bool fresh = std::ranges::any_of(entry.blobs, [id = blob](const BlobEntry& other) { return other.blob == id; });
    if (fresh && count == 1) continue;
    BlobEntry change;
    change.kind = BlobEntry::Kind::kReferences;
    change.blob = blob;
    change.references = count;
    entry.blobs.push_back(change);
  }
  return RecordDraft::of(RecordKind::kCommit, entry, std::move(bodies));
}

void LocalPartition::landed(const PendingCommit& commit) {
  for (const auto& mutation : commit.batch.mutations) {
    const Bytes key = row_key(id_, mutation.key);
    if (followed_ && mutation.value) {
      core_.rows.replace(key, encode_row(commit.receipt.sequence, *mutation.value));
    } else {
      core_.rows.forget(key);
    }
    overlay_.land(mutation.key, commit.receipt.sequence);
  }
  for (const auto& [blob, use] : commit.batch.blobs) {
    core_.blobs.land(blob, commit.ticket);
    core_.rows.forget(blob_key(blob));
  }
  // The usual change takes one body, whose row is then known as the disk worker wrote it (applier.cc).
  const auto& blobs = commit.batch.blobs;
  const bool one_body = followed_ && blobs.size() == 1 && blobs.front().use == storage::Batch::BlobUse::kAdopt;
  const FinishedBlob* body = one_body ? core_.blobs.find(blobs.front().blob) : nullptr;
  if (body != nullptr && !body->extent) {
    BlobRow row;
    row.length = body->length;
    row.references = 1;
    if (body->tiny) {
      row.place = BlobRow::Place::kRow;
      row.bytes = body->tiny->view();
    } else {
      row.crc = body->crc;
      row.segment = commit.draft.header.segment;
      row.offset = commit.draft.body_offset();
    }
    core_.rows.replace(blob_key(blobs.front().blob), encode_blob(row));
  }
  for (const auto& [blob, use] : blobs) {
    if (use == storage::Batch::BlobUse::kAdopt) core_.blobs.remove(blob);
  }
  durable_ = commit.receipt.sequence;
  committed_.notify_all();
}

void LocalPartition::forget_pending() {
  overlay_.clear();
  core_.rows.clear();
  placed_ = durable_;
  trim_placed_ = trimmed_;
  committed_.notify_all();
}

Task<Result<storage::JournalPage>> LocalPartition::read_journal(OpContext, Sequence after, std::size_t entries_max) {
  followed_ = true;
  if (after < trimmed_) co_return storage::journal_trimmed(trimmed_);
  storage::JournalPage page;
  page.read_to = std::max(durable_, after);
  if (entries_max == 0 || after >= durable_) {
    if (entries_max == 0) page.read_to = after;
    co_return page;
  }
  IndexRange wanted;
  wanted.begin = journal_key(id_, Sequence(after.get() + 1));
  wanted.end = storage::prefix_end(class_prefix(id_, kJournalClass));
  wanted.rows_max = entries_max;
  wanted.bytes_max = kJournalPageBytes;
  OrderedIndex& index = *core_.index;
  CO_TRY(IndexPage found, co_await offload(core_.runtime.executor, WorkerClass::kPool, [&index, &wanted] { return index.scan(wanted); }));
  // A trim that came in between may have taken entries from under the scan.
  if (after < trimmed_) co_return storage::journal_trimmed(trimmed_);
  for (auto& [key, value] : found.rows) {
    if (journal_sequence(key) > durable_) {
      // In the index, but not acknowledged yet.
      page.read_to = durable_;
      co_return page;
    }
    if (value.size() < 8) co_return Error(ErrorCode::kCorrupt, "malformed index row: journal entry");
    const HybridTime committed{load_little<std::uint64_t>(value.data())};
    value.erase(0, 8);
    page.entries.push_back({journal_sequence(key), committed, std::move(value)});
  }
  if (!page.entries.empty() && (found.more || page.entries.back().sequence > page.read_to)) page.read_to = page.entries.back().sequence;
  co_return page;
}

Task<Result<void>> LocalPartition::trim_journal(OpContext, Sequence up_to) {
  CO_TRY_OK(usable());
  up_to = std::min(up_to, durable_);
  if (up_to <= trim_placed_) co_return Result<void>();
  const Sequence before = trimmed_;
  trim_placed_ = up_to;
  LogEntry entry;
  entry.partition = id_;
  entry.sequence = up_to;
  PendingRecord pending(RecordDraft::of(RecordKind::kTrim, entry, {}));
  core_.committer->enqueue(pending);
  CO_TRY_OK(co_await pending.done());
  trimmed_ = std::max(trimmed_, up_to);

  // The position is durable; the rows below it are only in the way. What a crash brings back of them goes with the
  // first trim of the next process.
  IndexRange range;
  range.begin = journal_key(id_, Sequence(before.get() + 1));
  range.end = journal_key(id_, Sequence(up_to.get() + 1));
  if (!std::exchange(swept_, true)) range.begin = class_prefix(id_, kJournalClass);
  range.rows_max = kTrimChunkRows;
  range.passing = true;
  OrderedIndex& index = *core_.index;
  for (bool more = true; more;) {
    // Looking for them may take a while behind much that was erased before, so it does not hold up the log.
    CO_TRY(const IndexPage page, co_await offload(core_.runtime.executor, WorkerClass::kPool, [&index, &range] { return index.scan(range); }));
    more = page.more;
    if (page.rows.empty()) break;
    const auto erase_chunk = [&index, &page]() -> Result<void> {
      IndexBatch batch;
      for (const auto& [key, value] : page.rows) batch.erase({key});
      return index.write(batch);
    };
    CO_TRY_OK(co_await offload(core_.runtime.executor, WorkerClass::kDisk, erase_chunk));
    range.begin = page.rows.back().first + '\0';
  }
  co_return Result<void>();
}

}  // namespace farshore::backend
