// SPDX-License-Identifier: Apache-2.0
// MemoryPartition: one partition of a MemoryStore.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>

#include "backend/memory/memory_store.h"
#include "runtime/wait.h"

namespace farshore::backend {

/// Invariants
///   1  pending_ is in sequence order and so is the order in which its members become durable.
///   2  expectations see the durable rows with planned_ on top; reads see the durable rows alone.
///   3  a pending commit belongs to the partition, not to the coroutine that waits for it: destroying the waiter changes nothing.
///
/// Loop thread only; shared by the store and whoever opened it.
class MemoryPartition final : public storage::Partition {
 public:
  MemoryPartition(std::shared_ptr<MemoryStore::Shared> shared, PartitionId id);

  PartitionId id() const override { return id_; }
  Task<Result<std::optional<storage::Row>>> get(OpContext op, Bytes key) override;
  Task<Result<storage::ScanPage>> scan(OpContext op, storage::ScanRange range) override;
  HybridTime stamp(HybridTime floor) override;
  void observe(HybridTime remote) override;
  Task<Result<storage::CommitReceipt>> commit(OpContext op, storage::Batch batch) override;
  Task<Result<storage::JournalPage>> read_journal(OpContext op, Sequence after, std::size_t entries_max) override;
  Task<Result<void>> trim_journal(OpContext op, Sequence up_to) override;
  Sequence last_sequence() const override { return stored().last; }
  Signal& committed() override { return committed_; }
  /// The store dropped this partition: whatever still holds it can change nothing any more.
  void retire() { retired_ = true; }

 private:
  struct Pending {
    explicit Pending(Executor& executor) : changed(executor) {}
    storage::Batch batch;
    storage::CommitReceipt receipt{};
    Instant due{};
    bool reported_lost = false;  ///< becomes durable, but the caller is told otherwise
    bool settled = false;
    std::optional<Error> failure;
    Signal changed;
  };
  /// The newest pending state of a row.
  struct PlannedRow {
    std::optional<Sequence> version;
    std::shared_ptr<Pending> by;
  };
  struct Flush final : TimerNode {
    explicit Flush(MemoryPartition& owner) : partition(owner) {}
    void on_time() override { partition.settle_due(); }
    MemoryPartition& partition;
  };

  bool writable() const { return shared_->current() && !retired_; }
  MemoryMedium::StoredPartition& stored() const { return shared_->medium->partitions[id_]; }
  /// The expectation that does not hold, and the pending commit (if any) that broke it.
  std::optional<Error> check_expectations(const storage::Batch& batch, std::shared_ptr<Pending>& broken_by) const;
  std::optional<Error> check_blobs(const storage::Batch& batch) const;
  std::shared_ptr<Pending> place(storage::Batch batch);
  void settle_due();
  void apply(Pending& pending);
  static Task<void> settled(std::shared_ptr<Pending> pending);
  Task<Result<void>> before_read();

  std::shared_ptr<MemoryStore::Shared> shared_;
  PartitionId id_;
  bool retired_ = false;
  HybridClock clock_;
  Sequence placed_;
  std::deque<std::shared_ptr<Pending>> pending_;
  std::map<Bytes, PlannedRow, std::less<>> planned_;
  Signal committed_;
  Flush flush_;
};

}  // namespace farshore::backend
