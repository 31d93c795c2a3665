// SPDX-License-Identifier: Apache-2.0
#include "replication/wall_bound.h"

#include <gtest/gtest.h>

namespace farshore::replication {
namespace {
using namespace std::chrono_literals;

Instant at(Duration time) { return Instant(time); }
constexpr std::int64_t kHour = 3600 * 1000;

TEST(WallBound, TheEndOfTheJournalAndPlainStampsRaiseIt) {
  WallBound bound(1000, at(0s), 5000);
  EXPECT_EQ(bound.bound(at(0s), 5000), 1000);
  EXPECT_EQ(bound.read(HybridTime::at_millis(4000)).millis(), 4000);
  EXPECT_EQ(bound.bound(at(0s), 5000), 4000);
  bound.at_end(at(1s), 6000);
  EXPECT_EQ(bound.bound(at(1s), 6000), 6000);
}

TEST(WallBound, AStampThatRanAheadOfTheClockSaysNothing) {
  WallBound bound(1000, at(0s), 5000);
  bound.at_end(at(0s), 5000);
  EXPECT_EQ(bound.read(HybridTime::at_millis(9000).next()).millis(), 5000);
}

TEST(WallBound, AClockSetBackLowersItByThatMuch) {
  WallBound bound(1000, at(0s), 5 * kHour);
  bound.at_end(at(0s), 5 * kHour);
  // Ten seconds later, three hours earlier: what was acknowledged in between may be as old as that.
  EXPECT_EQ(bound.bound(at(10s), 2 * kHour + 10000), 2 * kHour);
  bound.see(at(10s), 2 * kHour + 10000);
  EXPECT_EQ(bound.read(HybridTime::at_millis(5 * kHour)).millis(), 2 * kHour);
  EXPECT_EQ(bound.read(HybridTime::at_millis(5 * kHour).next()).millis(), 2 * kHour);
  bound.at_end(at(11s), 2 * kHour + 11000);
  EXPECT_EQ(bound.bound(at(11s), 2 * kHour + 11000), 2 * kHour + 11000);
}

TEST(WallBound, AClockSetAheadChangesNothingUntilTheNextLook) {
  WallBound bound(1000, at(0s), 5000);
  bound.at_end(at(0s), 5000);
  EXPECT_EQ(bound.bound(at(1s), 6000 + kHour), 5000);
}

TEST(WallBound, ARuleFromTheFutureKnowsNothing) {
  WallBound bound(kHour, at(0s), 5000);
  EXPECT_LT(bound.bound(at(0s), 5000), 5000);
}

TEST(WallBound, TheFloorIsWhatTheClockWasSetBackTo) {
  WallBound bound(4000, at(0s), 5000);
  bound.at_end(at(10s), 15000);
  EXPECT_EQ(bound.floor(), 4000) << "what was read does not raise it";
  // Set back by 14 s at some time between two looks: the earliest acknowledgement since says 1 s.
  bound.see(at(11s), 2000);
  EXPECT_EQ(bound.floor(), 1000);
  bound.at_end(at(20s), 11000);
  EXPECT_EQ(bound.floor(), 1000);
  EXPECT_EQ(WallBound(bound.floor(), at(20s), 11000).bound(at(20s), 11000), 1000) << "a reader that begins anew";
}

}  // namespace
}  // namespace farshore::replication
