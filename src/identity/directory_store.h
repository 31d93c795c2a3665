// SPDX-License-Identifier: Apache-2.0
// DirectoryStore: this region's durable copy of the directory, and the way every change of it takes.
//
// Invariants
//   1  The rows, the view and sequence() are those of changes 1 to sequence(), whole ones, in order.
//   2  At home a change is a commit of the directory partition; its journal record is the DirectoryChange.
//   3  A follower applies the home's changes one commit each, with the same journal record, so it can become the home.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "identity/directory.h"
#include "identity/directory_batch.h"
#include "runtime/runtime.h"
#include "runtime/wait.h"
#include "storage/partition.h"

namespace farshore::identity {

struct DirectorySettings {
  /// How long an answer waits for this region (follower) or the connected regions (home) to have applied a change.
  Duration spread_wait_max = std::chrono::seconds(1);
  /// How often an operation decides again after a concurrent change.
  int attempts_max = 8;
};

/// Owns the copy in kDirectoryPartition. Loop thread only; a long-lived service of the region.
class DirectoryStore : public DirectoryWriter {
 public:
  DirectoryStore(Runtime runtime, std::shared_ptr<storage::Partition> partition, DirectorySettings settings = {});

  /// Reads all rows. Must have returned ok before anything else is called. Errors: kStorageUnavailable, kCorrupt.
  Task<Result<void>> load(OpContext op);
  /// This region is the home: it commits. `epoch` fences an earlier home.
  void become_home(std::uint64_t epoch);
  /// This region follows: writes go to `home`, which must outlive this.
  void follow(DirectoryWriter& home);
  bool is_home() const { return home_; }

  const Directory& view() const { return view_; }
  DirectorySequence sequence() const { return sequence_; }
  /// Time since this copy was last known to be complete: zero at home; see heard_from_home.
  Duration age() const;
  /// Notified after every applied change.
  Signal& changed() { return changed_; }
  /// Waits until the copy has reached a sequence. Error: kDirectoryStale when the deadline comes first.
  Task<Result<void>> wait_for(OpContext op, DirectorySequence sequence);

  /// Home: checks and commits, then waits (up to spread_wait_max) for the connected regions. Follower: forwards and waits
  /// until its own copy has the change. Ok means committed, whatever the wait came to.
  /// Errors: kExpectationFailed, kHomeUnavailable, kStorageFull, kStorageUnavailable (may be applied).
  Task<Result<DirectorySequence>> submit(OpContext op, DirectoryBatch batch) override;

  /// Decides against the view and submits; decides again after a concurrent change. `decide` is called with the view and
  /// gives Result<Decided<T>>; an empty batch is not submitted.
  template <class T>
  struct Decided {
    DirectoryBatch batch;
    T value;
  };
  template <class Decide>
  auto change(OpContext op, Decide decide) -> Task<Result<decltype(decide(std::declval<const Directory&>())->value)>>;

  /// Home: changes above `after`, for a follower. Error: kNotFound if they have been trimmed (a snapshot is needed).
  /// With `reader`, secrets of accounts that are limited to other regions are left out: their access keys arrive without one.
  Task<Result<std::vector<DirectoryChange>>> read_feed(OpContext op, DirectorySequence after, std::size_t changes_max,
                                                       std::optional<RegionId> reader = std::nullopt);
  /// Follower: applies changes of the home. Those it has are skipped. Errors: kExpectationFailed on a gap (ask again from
  /// sequence()), kStalePeer if they come from a home with an older epoch, or if this copy has changes that the new home never
  /// had (it must be emptied and follow anew), storage errors.
  Task<Result<void>> apply_feed(OpContext op, std::vector<DirectoryChange> changes);
  /// Follower: the home said that `sequence` is its latest. Makes the copy young again once it has that.
  void heard_from_home(DirectorySequence latest);
  /// Home: which followers are connected and how far they are; a submit waits for them.
  void follower_applied(const RegionId& region, DirectorySequence sequence);
  void follower_lost(const RegionId& region);

 private:
  Task<Result<DirectorySequence>> commit_here(OpContext op, DirectoryBatch batch);
  Task<Result<void>> commit_change(OpContext op, DirectoryChange change);
  Task<void> wait_for_followers(OpContext op, DirectorySequence sequence);
  Result<void> check(const DirectoryBatch& batch) const;
  void withhold_secrets(DirectoryChange& change, const RegionId& reader) const;
  void refresh_age();

  Runtime runtime_;
  std::shared_ptr<storage::Partition> partition_;
  DirectorySettings settings_;
  Directory view_;
  DirectorySequence sequence_{0};
  std::uint64_t epoch_ = 0;       // the highest one known
  std::uint64_t head_epoch_ = 0;  // of the last change here
  bool loaded_ = false;
  bool broken_ = false;  // a commit's outcome is unknown: the copy must be loaded again
  bool home_ = false;
  std::optional<Sequence> head_version_;  // of the head row; every commit expects it
  std::uint64_t journal_offset_ = 0;      // partition sequence minus directory sequence: constant by invariants 2 and 3
  DirectoryWriter* writer_ = nullptr;
  DirectorySequence home_latest_{0};
  Instant complete_at_{};
  std::map<RegionId, DirectorySequence> followers_;
  Signal changed_;
  Signal followers_moved_;
  AsyncMutex committing_;
};

template <class Decide>
auto DirectoryStore::change(OpContext op, Decide decide) -> Task<Result<decltype(decide(std::declval<const Directory&>())->value)>> {
  for (int attempt = 1;; ++attempt) {
    CO_TRY(auto decided, decide(view_));
    if (decided.batch.mutations.empty()) co_return std::move(decided.value);
    auto written = co_await submit(op, std::move(decided.batch));
    if (written) co_return std::move(decided.value);
    if (written.error().code() != ErrorCode::kExpectationFailed || attempt >= settings_.attempts_max) co_return written.error();
  }
}

}  // namespace farshore::identity
