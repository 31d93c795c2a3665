// SPDX-License-Identifier: Apache-2.0
#include "objects/landing.h"

#include <gtest/gtest.h>

namespace farshore::objects {
namespace {

constexpr std::uint64_t kThere = 7;  // the source bucket

Origin from_there(std::uint64_t time) { return Origin{RegionNumber(1), BucketId(kThere), Sequence(1), Order{HybridTime{time}, RegionNumber(1), kThere}}; }

Version replica(std::uint64_t source_time, std::uint64_t time) {
  Version version;
  version.origin = from_there(source_time);
  version.order = Order{HybridTime{time}, RegionNumber(1), kThere};
  return version;
}

Version local(std::uint64_t time) {
  Version version;
  version.order = Order{HybridTime{time}, RegionNumber(2), 9};
  return version;
}

TEST(TwoWayOrder, LocalVersionsAboveAreLeftAbove) {
  EXPECT_EQ(two_way_order({local(900), local(800)}, from_there(100)), from_there(100).order);
}

TEST(TwoWayOrder, ANewerChangeGoesAboveOlderOnesThatWereRaised) {
  const std::vector<Version> above{replica(90, 5000), local(800)};
  EXPECT_GT(two_way_order(above, from_there(100)), above.front().order);
}

TEST(TwoWayOrder, ALateOneGoesBetweenTheOlderAndTheNewer) {
  const std::vector<Version> above{replica(120, 9000), replica(90, 5000)};
  const Order order = two_way_order(above, from_there(100));
  EXPECT_GT(order, above.back().order);
  EXPECT_LT(order, above.front().order);
}

TEST(TwoWayOrder, NewerOnesAloneChangeNothing) { EXPECT_EQ(two_way_order({replica(120, 9000)}, from_there(100)), from_there(100).order); }

}  // namespace
}  // namespace farshore::objects
