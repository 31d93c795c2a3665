// SPDX-License-Identifier: Apache-2.0
// The promises of storage::Partition about rows, commits, expectations and stamps.
#pragma once

#include <gmock/gmock.h>

#include "tests/contract/store_test.h"

namespace farshore::contract {

template <class Fixture>
class PartitionContract : public StoreTest<Fixture> {};
TYPED_TEST_SUITE_P(PartitionContract);

TYPED_TEST_P(PartitionContract, ANewPartitionIsEmpty) {
  EXPECT_EQ(this->partition().id(), this->kPartition);
  EXPECT_EQ(this->partition().last_sequence(), Sequence(0));
  EXPECT_FALSE(this->get("a"));
  EXPECT_TRUE(this->scan({}).rows.empty());
}

TYPED_TEST_P(PartitionContract, ARowCarriesTheSequenceThatWroteIt) {
  this->put("a", "1");
  const Sequence second = this->put("b", "2");
  const Sequence third = this->put("a", "3");
  EXPECT_EQ(this->get("a")->version, third);
  EXPECT_EQ(this->get("b")->version, second);
  EXPECT_EQ(this->get("a")->value, "3");
}

TYPED_TEST_P(PartitionContract, SequencesRiseFromOneWithoutGapsWhateverTheBatchHolds) {
  EXPECT_EQ(this->put("a", "1"), Sequence(1));
  EXPECT_EQ(this->must_commit(storage::Batch()), Sequence(2));
  storage::Batch refused;
  refused.expect_absent("a");
  EXPECT_FALSE(this->commit(refused));
  EXPECT_EQ(this->put_journal("r"), Sequence(3));
  EXPECT_EQ(this->partition().last_sequence(), Sequence(3));
}

TYPED_TEST_P(PartitionContract, LaterOperationsOfABatchWin) {
  storage::Batch batch;
  batch.put("a", "1");
  batch.erase("a");
  batch.erase("b");
  batch.put("b", "2");
  this->must_commit(batch);
  EXPECT_EQ(this->value("a"), "(absent)");
  EXPECT_EQ(this->value("b"), "2");
}

TYPED_TEST_P(PartitionContract, EmptyValuesAndArbitraryBytesAreKept) {
  const Bytes key("k\0\xFF\x01", 4);
  this->put(key, Bytes());
  this->put("big", Bytes(300000, '\0'));
  ASSERT_TRUE(this->get(key));
  EXPECT_EQ(this->get(key)->value, "");
  EXPECT_FALSE(this->get(Bytes("k\0\xFF", 3)));
  EXPECT_EQ(this->value("big"), Bytes(300000, '\0'));
}

TYPED_TEST_P(PartitionContract, ExpectAbsentRefusesAPresentRowAndChangesNothing) {
  this->put("a", "1");
  storage::Batch batch;
  batch.expect_absent("b");
  batch.expect_absent("a");
  batch.put("b", "2");
  batch.journal("r");
  const auto result = this->commit(batch);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code(), ErrorCode::kExpectationFailed);
  EXPECT_EQ(result.error().detail("row"), "a");
  EXPECT_EQ(result.error().effect(), Effect::kNone);
  EXPECT_EQ(this->value("b"), "(absent)");
  EXPECT_TRUE(this->read_journal(0)->entries.empty());
}

TYPED_TEST_P(PartitionContract, ExpectVersionHoldsOnlyForTheVeryRowThatWasRead) {
  const auto seen = [&] {
    this->put("a", "1");
    return this->get("a");
  }();
  storage::Batch first;
  first.expect_same("a", seen);
  first.put("a", "1");  // the same value is a new row all the same
  EXPECT_TRUE(this->commit(first));
  EXPECT_EQ(this->commit(first).error().code(), ErrorCode::kExpectationFailed);
  storage::Batch erased;
  erased.erase("a");
  this->must_commit(erased);
  EXPECT_EQ(this->commit(first).error().code(), ErrorCode::kExpectationFailed);
}

TYPED_TEST_P(PartitionContract, ARowErasedAndWrittenAgainIsNotTheOldOne) {
  const Sequence version = this->put("a", "1");
  storage::Batch erase;
  erase.erase("a");
  this->must_commit(erase);
  storage::Batch absent;
  absent.expect_absent("a");
  absent.put("a", "1");
  this->must_commit(absent);
  storage::Batch old;
  old.expect_version("a", version);
  EXPECT_EQ(this->commit(old).error().code(), ErrorCode::kExpectationFailed);
}

TYPED_TEST_P(PartitionContract, OfCommitsThatExcludeEachOtherExactlyOneWins) {
  std::vector<storage::Batch> batches(5);
  for (std::size_t i = 0; i < batches.size(); ++i) {
    batches[i].expect_absent("a");
    batches[i].put("a", std::to_string(i));
  }
  const auto results = this->commit_together(batches);
  std::vector<Bytes> winners;
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (results[i]) {
      winners.push_back(std::to_string(i));
    } else {
      EXPECT_EQ(results[i].error().code(), ErrorCode::kExpectationFailed);
    }
  }
  EXPECT_THAT(winners, testing::ElementsAre(this->value("a")));
  EXPECT_EQ(this->partition().last_sequence(), Sequence(1));
}

TYPED_TEST_P(PartitionContract, ExpectationsSeeCommitsThatAreNotYetDurable) {
  std::vector<storage::Batch> batches(3);
  batches[0].put("a", "1");
  batches[1].expect_version("a", Sequence(1));  // what the first is about to write
  batches[1].erase("a");
  batches[2].expect_absent("a");
  batches[2].put("a", "3");
  const auto results = this->commit_together(batches);
  for (const auto& result : results) EXPECT_TRUE(result);
  EXPECT_EQ(this->value("a"), "3");
}

TYPED_TEST_P(PartitionContract, CommitsTogetherAreNumberedInTheirOrder) {
  std::vector<storage::Batch> batches(20);
  for (std::size_t i = 0; i < batches.size(); ++i) batches[i].put("a", std::to_string(i));
  const auto results = this->commit_together(batches);
  for (std::size_t i = 0; i < results.size(); ++i) EXPECT_EQ(results[i]->sequence, Sequence(i + 1));
  EXPECT_EQ(this->value("a"), "19");
}

inline Task<void> lose_then_read(storage::Partition* target, storage::Batch batch, Bytes* seen) {
  const auto result = co_await target->commit(OpContext(), std::move(batch));
  EXPECT_FALSE(result);
  const auto row = co_await target->get(OpContext(), "a");
  *seen = row && *row ? (*row)->value : "(absent)";
}

TYPED_TEST_P(PartitionContract, WhoeverIsToldOfAConflictCanReadIt) {
  auto& target = this->partition();
  storage::Batch winner;
  winner.put("a", "winner");
  storage::Batch loser;
  loser.expect_absent("a");
  typename TestFixture::Outcome outcome;
  Bytes seen;
  TaskScope scope(this->loop());
  scope.spawn(this->commit_into(&target, winner, &outcome));
  scope.spawn(lose_then_read(&target, loser, &seen));
  this->loop().run_until([&] { return scope.size() == 0; });
  EXPECT_EQ(seen, "winner");
}

/// Reads until the row appears; notes whether the commit counted as acknowledged then and the rest of it was there too.
/// Lets the loop turn between two looks: a read that is answered from memory does not.
inline Task<void> read_until_visible(Executor* executor, storage::Partition* target, bool* acknowledged, bool* whole) {
  for (int i = 0; i < 100000; ++i) {
    const auto row = co_await target->get(OpContext(), "a");
    if (!row || !*row) {
      co_await sleep_for(*executor, OpContext(), std::chrono::microseconds(1));
      continue;
    }
    *acknowledged = target->last_sequence() >= (*row)->version;
    const auto other = co_await target->get(OpContext(), "b");
    *whole = other && *other;
    co_return;
  }
}

TYPED_TEST_P(PartitionContract, ReadsSeeOnlyAcknowledgedCommits) {
  auto& target = this->partition();
  storage::Batch batch;
  batch.put("a", "1");
  batch.put("b", "1");
  typename TestFixture::Outcome outcome;
  bool acknowledged = false;
  bool whole = false;
  TaskScope scope(this->loop());
  scope.spawn(this->commit_into(&target, batch, &outcome));
  scope.spawn(read_until_visible(&this->loop(), &target, &acknowledged, &whole));
  this->loop().run_until([&] { return scope.size() == 0; });
  EXPECT_TRUE(acknowledged);
  EXPECT_TRUE(whole);
}

TYPED_TEST_P(PartitionContract, AnAcknowledgedCommitSurvivesReopening) {
  storage::Batch batch;
  batch.put("a", "1");
  batch.put("b", "2");
  batch.journal("record");
  this->must_commit(batch);
  storage::Batch erase;
  erase.erase("b");
  this->must_commit(erase);
  this->reopen();
  EXPECT_EQ(this->value("a"), "1");
  EXPECT_EQ(this->get("a")->version, Sequence(1));
  EXPECT_EQ(this->value("b"), "(absent)");
  EXPECT_EQ(this->partition().last_sequence(), Sequence(2));
  EXPECT_EQ(this->read_journal(0)->entries.at(0).record, "record");
  EXPECT_EQ(this->put("c", "3"), Sequence(3));
}

TYPED_TEST_P(PartitionContract, APowerCutLeavesWholeCommitsWithoutGaps) {
  for (int round = 0; round < 8; ++round) {
    auto& target = this->partition();
    const std::uint64_t before = target.last_sequence().get();
    std::vector<typename TestFixture::Outcome> outcomes(12);
    {
      TaskScope scope(this->loop());
      for (std::size_t i = 0; i < outcomes.size(); ++i) {
        storage::Batch batch;
        const Bytes number = std::to_string(before + i + 1);
        batch.put("left", number);
        batch.put("right", number);
        batch.journal(number);
        scope.spawn(this->commit_into(&target, batch, &outcomes[i]));
      }
      this->loop().run_until(this->loop().now() + std::chrono::microseconds(60 * round));
      scope.abandon();
    }
    std::uint64_t acknowledged = before;
    for (const auto& outcome : outcomes) {
      if (outcome && *outcome) acknowledged = (*outcome)->sequence.get();
    }
    this->reopen();
    const std::uint64_t last = this->partition().last_sequence().get();
    EXPECT_GE(last, acknowledged);
    EXPECT_LE(last, before + outcomes.size());
    if (last > 0) {
      EXPECT_EQ(this->value("left"), std::to_string(last));
      EXPECT_EQ(this->value("right"), std::to_string(last));
    }
    const auto journal = this->read_journal(before);
    ASSERT_TRUE(journal);
    ASSERT_EQ(journal->entries.size(), last - before);
    for (std::size_t i = 0; i < journal->entries.size(); ++i) EXPECT_EQ(journal->entries[i].record, std::to_string(before + i + 1));
  }
}

TYPED_TEST_P(PartitionContract, PartitionsDoNotSeeEachOther) {
  const auto other = this->open(this->kNeighbour);
  this->put("a", "1");
  EXPECT_FALSE(*this->run(other->get(OpContext(), "a")));
  EXPECT_EQ(other->last_sequence(), Sequence(0));
  EXPECT_TRUE(this->run(other->scan(OpContext(), {}))->rows.empty());
}

TYPED_TEST_P(PartitionContract, OpeningTwiceGivesTheSameRows) {
  this->put("a", "1");
  const auto again = this->open(this->kPartition);
  const auto row = this->run(again->get(OpContext(), "a"));
  ASSERT_TRUE(row && *row);
  EXPECT_EQ((*row)->value, "1");
}

TYPED_TEST_P(PartitionContract, ADroppedPartitionIsEmptyAndDroppingRepeats) {
  const PartitionId id{BucketId(500), 0};
  {
    const auto doomed = this->open(id);
    storage::Batch batch;
    batch.put("a", "1");
    batch.journal("r");
    ASSERT_TRUE(this->run(doomed->commit(OpContext(), batch)));
  }
  this->put("a", "stays");
  EXPECT_TRUE(this->run(this->metadata().drop(OpContext(), id)));
  EXPECT_TRUE(this->run(this->metadata().drop(OpContext(), id)));
  this->reopen();
  const auto opened = this->open(id);
  EXPECT_TRUE(this->run(opened->scan(OpContext(), {}))->rows.empty());
  EXPECT_TRUE(this->run(opened->read_journal(OpContext(), Sequence(0), 10))->entries.empty());
  EXPECT_EQ(this->value("a"), "stays");
}

TYPED_TEST_P(PartitionContract, CommittedIsNotifiedOnceTheCommitCanBeRead) {
  auto& target = this->partition();
  struct Watcher {
    static Task<void> run(storage::Partition* watched, Sequence* seen) {
      co_await watched->committed().wait();
      *seen = watched->last_sequence();
    }
  };
  Sequence seen;
  TaskScope scope(this->loop());
  scope.spawn(Watcher::run(&target, &seen));
  this->loop().run_until(this->loop().now());
  this->put("a", "1");
  this->loop().run_until([&] { return scope.size() == 0; });
  EXPECT_EQ(seen, Sequence(1));
}

TYPED_TEST_P(PartitionContract, StampsRiseAboveTheirFloorAndTheWallClock) {
  auto& target = this->partition();
  HybridTime last = target.stamp({});
  EXPECT_GE(last.millis(), this->clock().now().millis());
  for (int i = 0; i < 100; ++i) {
    const HybridTime next = target.stamp({});
    EXPECT_GT(next, last);
    last = next;
  }
  const HybridTime floor{last.value + (1u << 20)};
  EXPECT_GT(target.stamp(floor), floor);
  EXPECT_GT(target.stamp({}), floor);
}

TYPED_TEST_P(PartitionContract, StampsRiseAcrossReopeningWithAClockSetBack) {
  const HybridTime before = this->partition().stamp({});
  const auto receipt = this->commit(storage::Batch());
  ASSERT_TRUE(receipt);
  EXPECT_GT(receipt->committed, before);
  this->clock().skew = -std::chrono::hours(24);
  this->reopen();
  const HybridTime after = this->partition().stamp({});
  EXPECT_GT(after, receipt->committed);
  EXPECT_GT(this->commit(storage::Batch())->committed, after);
}

TYPED_TEST_P(PartitionContract, ARemoteStampMovesTheClockOnlyWithinTheDrift) {
  auto& target = this->partition();
  const std::int64_t wall = this->clock().now().millis();
  const HybridTime near = HybridTime::at_millis(wall + storage::kObservedDriftMaxMillis / 2);
  target.observe(near);
  EXPECT_GT(target.stamp({}), near);
  const HybridTime far = HybridTime::at_millis(wall + 100 * storage::kObservedDriftMaxMillis);
  target.observe(far);
  EXPECT_LT(target.stamp({}), far);
}

REGISTER_TYPED_TEST_SUITE_P(PartitionContract, ANewPartitionIsEmpty, ARowCarriesTheSequenceThatWroteIt,
                            SequencesRiseFromOneWithoutGapsWhateverTheBatchHolds, LaterOperationsOfABatchWin,
                            EmptyValuesAndArbitraryBytesAreKept, ExpectAbsentRefusesAPresentRowAndChangesNothing,
                            ExpectVersionHoldsOnlyForTheVeryRowThatWasRead, ARowErasedAndWrittenAgainIsNotTheOldOne,
                            OfCommitsThatExcludeEachOtherExactlyOneWins, ExpectationsSeeCommitsThatAreNotYetDurable,
                            CommitsTogetherAreNumberedInTheirOrder, WhoeverIsToldOfAConflictCanReadIt, ReadsSeeOnlyAcknowledgedCommits,
                            AnAcknowledgedCommitSurvivesReopening, APowerCutLeavesWholeCommitsWithoutGaps, PartitionsDoNotSeeEachOther,
                            OpeningTwiceGivesTheSameRows, ADroppedPartitionIsEmptyAndDroppingRepeats,
                            CommittedIsNotifiedOnceTheCommitCanBeRead, StampsRiseAboveTheirFloorAndTheWallClock,
                            StampsRiseAcrossReopeningWithAClockSetBack, ARemoteStampMovesTheClockOnlyWithinTheDrift);

}  // namespace farshore::contract
