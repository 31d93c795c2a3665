// SPDX-License-Identifier: Apache-2.0
// LocalPartition: one partition of the local store.
#pragma once

#include <memory>
#include <vector>

#include "backend/local/index_rows.h"
#include "backend/local/overlay.h"
#include "backend/local/store_core.h"
#include "model/hybrid_time.h"
#include "storage/partition.h"

namespace farshore::backend {

/// Loop thread only. Owned by LocalStore and by whoever holds it open; useless once the store is closed.
///
/// 1. A version is looked up in the overlay first, then in the index: an overlay entry leaves only when the index has it.
/// 2. From a commit's last look at an expectation to its place in the log nothing is awaited.
/// 3. After the log's end a row that a commit under way was writing is unknown, and is refused to readers: the next start may find
///    it written. All others can be read on.
class LocalPartition final : public storage::Partition {
 public:
  LocalPartition(StoreCore& core, PartitionId id, PartitionState state, Sequence trimmed);

  PartitionId id() const override { return id_; }
  Task<Result<std::optional<storage::Row>>> get(OpContext op, Bytes key) override;
  Task<Result<storage::ScanPage>> scan(OpContext op, storage::ScanRange range) override;
  HybridTime stamp(HybridTime floor) override;
  void observe(HybridTime remote) override;
  Task<Result<storage::CommitReceipt>> commit(OpContext op, storage::Batch batch) override;
  Task<Result<storage::JournalPage>> read_journal(OpContext op, Sequence after, std::size_t entries_max) override;
  Task<Result<void>> trim_journal(OpContext op, Sequence up_to) override;
  Sequence last_sequence() const override { return durable_; }
  Signal& committed() override { return committed_; }

  /// Refuses everything from now on: the partition is being dropped.
  void fence() {
    fenced_ = true;
    committed_.notify_all();
  }
  /// Commits that waited have failed without effect.
  void forget_pending();
  /// The log has ended: whoever waits looks again.
  void wake_all() { committed_.notify_all(); }

 private:
  class PendingCommit;
  struct References {
    BlobId blob;
    std::uint64_t count;
  };
  /// What a look at a batch's expectations has given.
  struct Verdict {
    std::optional<Error> refused;
    std::vector<Bytes> cold;  ///< index keys that would have to be read from disk first
    std::vector<References> references;
    Sequence conflict;  ///< of the commit under way that the refusal is about; 0: none
  };

  Result<void> usable() const;
  /// Waits until a commit that has its place is acknowledged (or has failed without effect).
  Task<Result<void>> landed_up_to(OpContext op, Sequence sequence);
  Task<Result<storage::CommitReceipt>> place(OpContext op, storage::Batch batch);
  Verdict judge(const storage::Batch& batch) const;
  void judge_blobs(const storage::Batch& batch, Verdict& verdict) const;
  std::optional<std::uint64_t> references(BlobId blob, Verdict& verdict) const;
  RecordDraft draft(const storage::Batch& batch, const Verdict& verdict, const storage::CommitReceipt& receipt);
  void landed(const PendingCommit& commit);
  Task<Result<void>> warm(std::vector<Bytes> keys) const;

  StoreCore& core_;
  const PartitionId id_;
  Overlay overlay_;
  HybridClock clock_;
  Sequence placed_;   ///< of the last commit that has its place
  Sequence durable_;  ///< of the last acknowledged commit
  Sequence trimmed_;  ///< journal entries up to here are gone
  Sequence trim_placed_;
  Signal committed_;
  bool fenced_ = false;
  bool followed_ = false;  ///< somebody reads the journal, so what lands is read next: its rows go to the cache
  bool swept_ = false;  ///< rows that an earlier process failed to trim are gone
};

}  // namespace farshore::backend
