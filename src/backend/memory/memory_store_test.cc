// SPDX-License-Identifier: Apache-2.0
// What MemoryStore offers beyond the ports: failures on demand, restarts, fencing. The ports' promises: tests/contract.
#include "backend/memory/memory_store.h"

#include <gtest/gtest.h>

#include "sim/world/sim_loop.h"

namespace farshore::backend {
namespace {

class MemoryStoreTest : public testing::Test {
 protected:
  std::shared_ptr<storage::Partition> open(MemoryStore& store) { return *sim::run(loop_, store.open(OpContext(), PartitionId{BucketId(1), 0})); }
  Result<storage::CommitReceipt> commit(storage::Partition& partition, storage::Batch batch) {
    return sim::run(loop_, partition.commit(OpContext(), std::move(batch)));
  }
  bool present(storage::Partition& partition, Bytes key) { return sim::run(loop_, partition.get(OpContext(), std::move(key)))->has_value(); }
  static storage::Batch put(Bytes key) {
    storage::Batch batch;
    batch.put(std::move(key), "value");
    return batch;
  }

  sim::SimLoop loop_;
  sim::SimNode node_{loop_};
  MemoryStore store_{node_.runtime, RegionNumber(9)};
};

TEST_F(MemoryStoreTest, ALostCommitLeavesNothingAndTakesNoSequence) {
  const auto partition = open(store_);
  store_.behaviour().next_commit = CommitFault::kLost;
  const auto lost = commit(*partition, put("a"));
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code(), ErrorCode::kStorageUnavailable);
  EXPECT_EQ(lost.error().effect(), Effect::kMaybeApplied);
  EXPECT_FALSE(present(*partition, "a"));
  EXPECT_EQ(commit(*partition, put("a"))->sequence, Sequence(1));
}

TEST_F(MemoryStoreTest, AnUnsaidCommitIsThereAllTheSame) {
  const auto partition = open(store_);
  store_.behaviour().next_commit = CommitFault::kAppliedUnsaid;
  const auto unsaid = commit(*partition, put("a"));
  ASSERT_FALSE(unsaid);
  EXPECT_EQ(unsaid.error().code(), ErrorCode::kStorageUnavailable);
  EXPECT_EQ(unsaid.error().effect(), Effect::kMaybeApplied);
  EXPECT_TRUE(present(*partition, "a"));
  EXPECT_EQ(partition->last_sequence(), Sequence(1));
}

TEST_F(MemoryStoreTest, AFaultStrikesOnlyACommitThatPassedItsExpectations) {
  const auto partition = open(store_);
  store_.behaviour().next_commit = CommitFault::kFull;
  storage::Batch refused;
  refused.expect_version("a", Sequence(7));
  EXPECT_EQ(commit(*partition, refused).error().code(), ErrorCode::kExpectationFailed);
  EXPECT_EQ(commit(*partition, put("a")).error().code(), ErrorCode::kStorageFull);
  EXPECT_TRUE(commit(*partition, put("a")));
}

TEST_F(MemoryStoreTest, AFullStoreRefusesBlobsAndStillDeletes) {
  const auto partition = open(store_);
  auto writer = *sim::run(loop_, store_.create(OpContext(), 1));
  ASSERT_TRUE(sim::run(loop_, writer->finish(OpContext())));
  store_.behaviour().full = true;
  EXPECT_EQ(sim::run(loop_, store_.create(OpContext(), 1)).error().code(), ErrorCode::kStorageFull);
  storage::Batch adopting;
  adopting.adopt(writer->id());
  EXPECT_EQ(commit(*partition, adopting).error().code(), ErrorCode::kStorageFull);
  storage::Batch erasing;
  erasing.erase("a");
  erasing.journal("deleted");
  EXPECT_TRUE(commit(*partition, erasing));
}

TEST_F(MemoryStoreTest, AnUnavailableStoreFailsReadsAndCommitsUntilItIsBack) {
  const auto partition = open(store_);
  store_.behaviour().unavailable = true;
  EXPECT_EQ(commit(*partition, put("a")).error().code(), ErrorCode::kStorageUnavailable);
  EXPECT_EQ(sim::run(loop_, partition->get(OpContext(), "a")).error().code(), ErrorCode::kStorageUnavailable);
  store_.behaviour().unavailable = false;
  EXPECT_TRUE(commit(*partition, put("a")));
}

TEST_F(MemoryStoreTest, ANewerStoreOnTheMediumFencesTheOlder) {
  const auto before = open(store_);
  ASSERT_TRUE(commit(*before, put("a")));
  MemoryStore newer(node_.runtime, RegionNumber(9), store_.medium());
  const auto after = open(newer);
  EXPECT_EQ(commit(*before, put("b")).error().code(), ErrorCode::kPartitionFenced);
  EXPECT_TRUE(present(*after, "a"));
  EXPECT_EQ(commit(*after, put("b"))->sequence, Sequence(2));
}

TEST_F(MemoryStoreTest, ACommitOutlivesTheCoroutineThatWaitedForIt) {
  const auto partition = open(store_);
  struct Waiter {
    static Task<void> run(storage::Partition* target, storage::Batch batch) { static_cast<void>(co_await target->commit(OpContext(), std::move(batch))); }
  };
  TaskScope scope(loop_);
  scope.spawn(Waiter::run(partition.get(), put("a")));
  loop_.run_until(loop_.now());
  scope.abandon();
  loop_.run_until_idle();
  EXPECT_TRUE(present(*partition, "a"));
}

TEST_F(MemoryStoreTest, BlobIdsCarryTheRegion) {
  const auto writer = *sim::run(loop_, store_.create(OpContext(), std::nullopt));
  EXPECT_EQ(writer->id().get() >> 48, 9u);
}

}  // namespace
}  // namespace farshore::backend
