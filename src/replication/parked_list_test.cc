// SPDX-License-Identifier: Apache-2.0
#include "replication/parked_list.h"

#include <gtest/gtest.h>

#include "objects/test_region.h"

namespace farshore::replication {
namespace {

const OpContext op;

struct Parked : ::testing::Test {
  LaneItem deletion(const std::string& key, std::uint64_t sequence, VersionId version = VersionId::null()) {
    LaneItem item = put(key, sequence);
    item.change.kind = ChangeKind::kDeleteVersion;
    item.change.version = std::move(version);
    return item;
  }
  LaneItem put(const std::string& key, std::uint64_t sequence) {
    LaneItem item;
    item.sequence = Sequence(sequence);
    item.committed = HybridTime::at_millis(static_cast<std::int64_t>(sequence));
    item.change.key = ObjectKey(key);
    item.change.version = VersionId::null();
    item.change.order = Order{HybridTime{sequence}, RegionNumber(1), 1};
    return item;
  }
  void park(const LaneItem& item) { ASSERT_TRUE(region.run(list.park(op, item, Reason::kDeleteNotAllowed, "", 1))); }
  std::vector<std::uint64_t> numbers(const ParkedList& of) const {
    std::vector<std::uint64_t> out;
    for (const auto& [number, parked] : of.all()) out.push_back(number);
    return out;
  }

  sim::SimLoop loop{1};
  objects::TestRegion region{loop};
  objects::BucketRef bucket = region.bucket(1);
  ParkedList list{bucket->partition(), RuleId("rule")};
};

TEST_F(Parked, ALaterChangeOfTheKeyTakesItsDeletionsOffTheList) {
  park(deletion("a", 5));
  park(deletion("a", 7));
  park(deletion("a", 20));
  park(deletion("ab", 6));
  park(deletion("a", 8, VersionId::mint(Order{HybridTime{3}, RegionNumber(1), 1})));
  park(put("a", 9));
  EXPECT_FALSE(list.may_be_overtaking(put("b", 10).change));
  ASSERT_TRUE(list.may_be_overtaking(put("a", 10).change));
  ASSERT_TRUE(region.run(list.overtaken(op, put("a", 10).change)));
  const std::vector<std::uint64_t> left{6, 8, 9, 20};
  EXPECT_EQ(numbers(list), left) << "neither another key's, nor of a named version, nor a content, nor a later one";

  ParkedList again(bucket->partition(), RuleId("rule"));
  ASSERT_TRUE(region.run(again.load(op)));
  EXPECT_EQ(numbers(again), left);
  ASSERT_TRUE(region.run(again.overtaken(op, put("a", 15).change)));
  EXPECT_EQ(numbers(again), left);
  ASSERT_TRUE(region.run(again.overtaken(op, put("a", 21).change)));
  EXPECT_EQ(numbers(again), (std::vector<std::uint64_t>{6, 8, 9})) << "what was loaded is known by its key, too";
}

TEST_F(Parked, WhatIsSettledIsNoLongerOvertaken) {
  park(deletion("a", 5));
  ASSERT_TRUE(region.run(list.settle(op, deletion("a", 5))));
  EXPECT_FALSE(list.may_be_overtaking(put("a", 10).change));
}

}  // namespace
}  // namespace farshore::replication
