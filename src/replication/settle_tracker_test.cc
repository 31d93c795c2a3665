// SPDX-License-Identifier: Apache-2.0
#include "replication/settle_tracker.h"

#include <gtest/gtest.h>

namespace farshore::replication {
namespace {

HybridTime at(std::int64_t millis) { return HybridTime::at_millis(millis); }

TEST(SettleTracker, StandsAtTheOldestUnsettledChangeHoweverManyFinishedAfterIt) {
  SettleTracker tracker(Sequence(10));
  tracker.begin(Sequence(12), at(100));
  tracker.begin(Sequence(13), at(101));
  tracker.begin(Sequence(17), at(102));
  tracker.read_to(Sequence(20));
  EXPECT_EQ(tracker.low_water(), Sequence(11));
  tracker.settle(Sequence(17));
  tracker.settle(Sequence(13));
  EXPECT_EQ(tracker.low_water(), Sequence(11));
  EXPECT_EQ(tracker.earliest()->millis(), 100);
  tracker.settle(Sequence(12));
  EXPECT_EQ(tracker.low_water(), Sequence(20));
  EXPECT_FALSE(tracker.earliest());
}

TEST(SettleTracker, WhatWasReadAndSkippedCountsAsSettled) {
  SettleTracker tracker(Sequence(0));
  tracker.read_to(Sequence(500));
  EXPECT_EQ(tracker.low_water(), Sequence(500));
  tracker.read_to(Sequence(400));
  EXPECT_EQ(tracker.low_water(), Sequence(500));
}

TEST(SettleTracker, TheEarliestTimeNeedNotBeTheFirstChanges) {
  SettleTracker tracker(Sequence(0));
  tracker.begin(Sequence(1), at(300));
  tracker.begin(Sequence(2), at(100));
  EXPECT_EQ(tracker.earliest()->millis(), 100);
}

TEST(SettleTracker, NeverGoesBackWhileChangesComeAndGo) {
  SettleTracker tracker(Sequence(0));
  Sequence before(0);
  for (std::uint64_t i = 1; i <= 1000; ++i) {
    tracker.begin(Sequence(i), at(static_cast<std::int64_t>(i)));
    tracker.read_to(Sequence(i));
    if (i % 3 == 0) tracker.settle(Sequence(i - 2));
    if (i % 3 == 1) tracker.settle(Sequence(i));
    EXPECT_GE(tracker.low_water(), before);
    before = tracker.low_water();
  }
}

}  // namespace
}  // namespace farshore::replication
