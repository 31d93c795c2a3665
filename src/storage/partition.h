// SPDX-License-Identifier: Apache-2.0
// Partition, Batch, MetadataStore: ordered rows with one writer, whose every commit carries its journal record.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "model/hybrid_time.h"
#include "model/ids.h"
#include "runtime/op_context.h"
#include "runtime/task.h"
#include "runtime/wait.h"

namespace farshore::storage {

/// How far past the wall clock a remote stamp may move a partition's clock; a stamp further ahead is ignored.
inline constexpr std::int64_t kObservedDriftMaxMillis = 60000;

/// A row and the sequence of the commit that last wrote it: the row's version.
struct Row {
  Bytes key;
  Bytes value;
  Sequence version;
};

/// One change of a partition: what it expects, what it puts and erases, its journal record, the blobs it takes and gives up.
/// Applied as a whole or not at all. Later operations on a key win over earlier ones of the same batch.
struct Batch {
  struct Expectation {
    Bytes key;
    std::optional<Sequence> version;  ///< nothing: the row must be absent
  };
  struct Mutation {
    Bytes key;
    std::optional<Bytes> value;  ///< nothing: erase
  };
  enum class BlobUse : std::uint8_t { kAdopt, kShare, kRelease };
  struct BlobChange {
    BlobId blob;
    BlobUse use;
  };

  void expect_absent(Bytes key) { expectations.push_back({std::move(key), std::nullopt}); }
  /// The row must still be the one that was read. A row that was absent: expect_absent.
  void expect_version(Bytes key, Sequence version) { expectations.push_back({std::move(key), version}); }
  /// Expects exactly what a get() of the key returned.
  void expect_same(Bytes key, const std::optional<Row>& seen) {
    expectations.push_back({std::move(key), seen ? std::optional<Sequence>(seen->version) : std::nullopt});
  }
  void put(Bytes key, Bytes value) { mutations.push_back({std::move(key), std::move(value)}); }
  void erase(Bytes key) { mutations.push_back({std::move(key), std::nullopt}); }
  /// At most one per batch.
  void journal(Bytes record) { journal_record = std::move(record); }
  /// A finished, so far unowned blob becomes owned by this commit (one reference) and durable with it.
  void adopt(BlobId blob) { blobs.push_back({blob, BlobUse::kAdopt}); }
  /// One more reference to an owned blob.
  void share(BlobId blob) { blobs.push_back({blob, BlobUse::kShare}); }
  /// One reference less; the last one frees the blob.
  void release(BlobId blob) { blobs.push_back({blob, BlobUse::kRelease}); }

  std::vector<Expectation> expectations;
  std::vector<Mutation> mutations;
  std::vector<BlobChange> blobs;
  std::optional<Bytes> journal_record;
};

/// Rows in [begin, end) in key order (or against it), until a limit is reached.
struct ScanRange {
  Bytes begin{};
  Bytes end{};  ///< exclusive; empty: no end
  std::size_t rows_max = 1000;
  std::size_t bytes_max = 1u << 20;  ///< checked after each row, so one row always fits
  bool backwards = false;            ///< from the end of the range towards its begin
};

struct ScanPage {
  std::vector<Row> rows;
  bool more = false;  ///< a limit ended the page; continue behind the last row's key
};

/// A journal entry: the record of one commit.
struct JournalEntry {
  Sequence sequence;
  HybridTime committed;  ///< rises strictly with the sequence
  Bytes record;
};

struct JournalPage {
  std::vector<JournalEntry> entries;  ///< sequences may have gaps: not every commit has a record
  Sequence read_to;                   ///< everything up to here has been seen (the last commit's sequence at the end)
};

struct CommitReceipt {
  Sequence sequence;
  HybridTime committed;
};

/// Port: one partition, opened for reading and writing. Loop thread only. Shared: stays valid while somebody holds it.
///
/// Reads        see exactly what is durable and acknowledged, never a commit that a crash could take back
/// Order        commits take effect in the order in which commit() was first awaited past its expectations
class Partition {
 public:
  virtual ~Partition() = default;
  virtual PartitionId id() const = 0;

  /// Errors of all reads: kStorageUnavailable, kCorrupt.
  virtual Task<Result<std::optional<Row>>> get(OpContext op, Bytes key) = 0;
  virtual Task<Result<ScanPage>> scan(OpContext op, ScanRange range) = 0;

  /// A stamp above every stamp of this partition, above `floor` and not below the wall clock. The high-water mark is stored
  /// with every commit, so stamps rise across restarts too.
  virtual HybridTime stamp(HybridTime floor = {}) = 0;
  /// Moves the clock forward to a remote stamp, within the bounded drift.
  virtual void observe(HybridTime remote) = 0;

  /// Atomic and durable when it returns ok.
  ///
  /// Expectations are checked against all earlier commits at the moment the batch takes its place, not later: between that
  /// moment and the return nothing can slip in. A commit that has passed its expectations can only fail with the storage.
  /// Errors      kExpectationFailed (detail "row" names which; "blob" if a shared or released one is gone): nothing changed; read
  ///             again and decide again. Given only once reads show the commit that broke it, so that a retry cannot spin
  ///             kPartitionFenced: another writer took over; stop
  ///             kStorageFull: nothing changed
  ///             kStorageUnavailable: may have been applied (Effect::kMaybeApplied)
  virtual Task<Result<CommitReceipt>> commit(OpContext op, Batch batch) = 0;

  /// Entries with sequences above `after`, at most `entries_max`.
  /// Error: kNotFound if entries above `after` have been trimmed: the reader must reconcile.
  virtual Task<Result<JournalPage>> read_journal(OpContext op, Sequence after, std::size_t entries_max) = 0;
  /// Drops entries up to and including `up_to`. Idempotent.
  virtual Task<Result<void>> trim_journal(OpContext op, Sequence up_to) = 0;
  /// The highest acknowledged sequence; 0 for an empty partition.
  virtual Sequence last_sequence() const = 0;
  /// Notified after each acknowledged commit.
  virtual Signal& committed() = 0;
};

/// Port: opens partitions. A partition exists as soon as it is opened; an empty one costs nothing.
class MetadataStore {
 public:
  virtual ~MetadataStore() = default;
  /// Errors: kPartitionFenced if another process holds it, kStorageUnavailable.
  virtual Task<Result<std::shared_ptr<Partition>>> open(OpContext op, PartitionId id) = 0;
  /// Erases all rows and the journal of a partition that nobody will open again. Repeatable.
  virtual Task<Result<void>> drop(OpContext op, PartitionId id) = 0;
};

}  // namespace farshore::storage
