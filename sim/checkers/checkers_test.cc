// SPDX-License-Identifier: Apache-2.0
// A checker that never complains proves nothing: each is shown a story that breaks its promise.
#include <gtest/gtest.h>

#include "sim/checkers/agreement.h"
#include "sim/checkers/carried.h"
#include "sim/checkers/journal_order.h"
#include "sim/checkers/own_writes.h"
#include "sim/checkers/rights_ledger.h"

namespace farshore::sim {
namespace {

/// Two buckets of which nothing exists but what a test says.
class Checkers : public testing::Test {
 protected:
  Checkers() : world_(1, settings()) {
    for (std::size_t i = 0; i < 2; ++i) {
      BucketFacts facts;
      facts.bucket.id = BucketId(100 + i);
      facts.bucket.name = BucketName(i == 0 ? "here" : "there");
      facts.history = &histories_[i];
      buckets_.push_back(std::move(facts));
    }
    rules_.push_back(RuleFacts{});
    rules_.front().destination = 1;
  }
  static WorldSettings settings() {
    WorldSettings settings;
    settings.regions = 1;
    settings.store = StoreKind::kMemory;
    return settings;
  }
  /// A version that a client wrote here at that time.
  SeenVersion write(std::uint64_t time) {
    SeenVersion seen;
    seen.version.order = Order{HybridTime{time}, RegionNumber(1), buckets_[0].bucket.id.get()};
    seen.version.id = VersionId::mint(seen.version.order);
    seen.version.crc64 = seen.content_crc64 = time;
    ClientOp& op = histories_[0].begin(OpKind::kPut, "key", Instant(std::chrono::seconds(time)));
    op.fate = OpFate::kAcknowledged;
    op.ended = op.started;
    op.id = seen.version.id;
    op.crc64 = time;
    return seen;
  }
  SeenVersion replica(SeenVersion seen) const {
    seen.version.origin = Origin{RegionNumber(1), buckets_[0].bucket.id, Sequence(1), seen.version.order};
    return seen;
  }
  std::string said() {
    check_agreement(world_, buckets_, rules_);
    std::string all;
    for (const std::string& violation : world_.violations()) all += violation + "\n";
    return all;
  }
  Stacks& here() { return buckets_[0].stacks; }
  Stacks& there() { return buckets_[1].stacks; }

  World world_;
  History histories_[2];
  std::vector<BucketFacts> buckets_;
  std::vector<RuleFacts> rules_;
};

TEST_F(Checkers, EqualStacksAgree) {
  const SeenVersion a = write(1), b = write(2);
  here()["key"] = {b, a};
  there()["key"] = {replica(b), replica(a)};
  EXPECT_EQ(said(), "");
}

TEST_F(Checkers, AMissingVersionIsNoticed) {
  const SeenVersion a = write(1), b = write(2);
  here()["key"] = {b, a};
  there()["key"] = {replica(b)};
  EXPECT_NE(said().find("is missing"), std::string::npos);
}

TEST_F(Checkers, AnotherOrderIsNoticed) {
  const SeenVersion a = write(1), b = write(2);
  here()["key"] = {b, a};
  there()["key"] = {replica(a), replica(b)};
  EXPECT_NE(said().find("out of order"), std::string::npos);
}

TEST_F(Checkers, AnotherContentIsNoticed) {
  const SeenVersion a = write(1);
  SeenVersion bad = replica(a);
  bad.content_crc64 = 9;
  here()["key"] = {a};
  there()["key"] = {bad};
  EXPECT_NE(said().find("another content"), std::string::npos);
}

TEST_F(Checkers, AVersionThatCameBackFromTheDeadIsNoticed) {
  const SeenVersion a = write(1);
  ClientOp& op = histories_[0].begin(OpKind::kRemoveVersion, "key", Instant(std::chrono::seconds(5)));
  op.fate = OpFate::kAcknowledged;
  op.id = a.version.id;
  there()["key"] = {replica(a)};
  EXPECT_NE(said().find("deleted for good"), std::string::npos);
}

TEST_F(Checkers, AVersionThatOnlyTheDestinationHasWasLostAtTheSource) {
  there()["key"] = {replica(write(1))};
  EXPECT_NE(said().find("its source has lost it"), std::string::npos);
}

TEST_F(Checkers, AReplicaOutsideThePrefixesOrOfNoRuleIsNoticed) {
  const SeenVersion a = write(1);
  here()["key"] = {a};
  there()["key"] = {replica(a)};
  rules_.front().prefixes = {"other/"};
  EXPECT_NE(said().find("outside the rule's prefixes"), std::string::npos);
  rules_.clear();
  EXPECT_NE(said().find("no rule leads there"), std::string::npos);
}

TEST_F(Checkers, AJournalThatWritesTwiceGoesBackOrRaisesTheDeadIsNoticed) {
  const SeenVersion a = write(1);
  Change put;
  put.key = ObjectKey("key");
  put.version = a.version.id;
  Change gone = put;
  gone.kind = ChangeKind::kDeleteVersion;
  check_lines(world_, "there", {{Sequence(1), {}, put}, {Sequence(2), {}, gone}});
  EXPECT_TRUE(world_.violations().empty());
  check_lines(world_, "there", {{Sequence(1), {}, put}, {Sequence(2), {}, put}});
  ASSERT_EQ(world_.violations().size(), 1u);
  check_lines(world_, "there", {{Sequence(1), {}, put}, {Sequence(2), {}, gone}, {Sequence(3), {}, put}});
  EXPECT_NE(world_.violations().back().find("resurrection"), std::string::npos);
}

TEST_F(Checkers, WhatNoRuleCarriesIsNoticedInTheJournal) {
  JournalTail::Line line{{Sequence(1), {}, {}}, {}};
  Change& change = line.journal.change;
  change.key = ObjectKey("a/key");
  change.version = write(1).version.id;
  change.kind = ChangeKind::kDeleteVersion;
  const Carrier puts{BucketId(100), true, false, {"a/"}};
  check_carried(world_, "there", {line}, {puts});
  EXPECT_TRUE(world_.violations().empty()) << "a client's own deletion";
  change.origin = Origin{RegionNumber(1), BucketId(100), Sequence(1), {}};
  check_carried(world_, "there", {line}, {puts});
  EXPECT_EQ(world_.violations().size(), 1u) << "a rule for contents has deleted";
  change.kind = ChangeKind::kInsertMarker;
  check_carried(world_, "there", {line}, {puts});
  EXPECT_EQ(world_.violations().size(), 1u) << "a marker is a write";
  change.key = ObjectKey("b/key");
  check_carried(world_, "there", {line}, {puts});
  EXPECT_EQ(world_.violations().size(), 2u) << "another prefix";
}

TEST_F(Checkers, AnOwnWriteBelowWhatStandsThereIsNoticed) {
  const auto line = [&](const SeenVersion& seen, ChangeKind kind) {
    JournalTail::Line line{{Sequence(seen.version.order.time.value), {}, {}}, {}};
    line.journal.change.key = ObjectKey("key");
    line.journal.change.version = seen.version.id;
    line.journal.change.order = seen.version.order;
    line.journal.change.kind = kind;
    line.journal.change.origin = seen.version.origin;
    return line;
  };
  const SeenVersion older = write(1), ahead = replica(write(9));
  const auto put = ChangeKind::kPutVersion;
  check_own_writes(world_, "there", {line(older, put), line(ahead, put), line(replica(older), put)});
  check_own_writes(world_, "there", {line(ahead, put), line(ahead, ChangeKind::kDeleteVersion), line(older, put)});
  EXPECT_TRUE(world_.violations().empty()) << "replicas land where they belong, and what is gone is in nobody's way";
  check_own_writes(world_, "there", {line(ahead, put), line(older, put)});
  EXPECT_EQ(world_.violations().size(), 1u);
  JournalTail::Line behind = line(older, put);
  behind.behind_hole = true;
  check_own_writes(world_, "there", {line(ahead, put), behind});
  EXPECT_EQ(world_.violations().size(), 1u) << "a deletion may lie in between";

  // Replicas: the rule's own source may be late with an older change, nobody else's version is in its way.
  const SeenVersion own = write(5);
  const std::set<BucketId> sources{BucketId(100)};
  check_replicas_on_top(world_, "there", {line(ahead, put), line(replica(older), put)}, sources);
  check_replicas_on_top(world_, "there", {line(own, put), line(replica(older), put)}, {});
  check_replicas_on_top(world_, "there", {line(own, put), line(ahead, put)}, sources);
  EXPECT_EQ(world_.violations().size(), 1u);
  check_replicas_on_top(world_, "there", {line(own, put), line(replica(older), put)}, sources);
  EXPECT_EQ(world_.violations().size(), 2u);
}

}  // namespace
}  // namespace farshore::sim
