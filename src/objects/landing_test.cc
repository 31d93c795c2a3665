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

std::vector<Version> landed(std::vector<Version> stack, std::uint64_t source_time, bool two_way) {
  const Origin origin = from_there(source_time);
  std::vector<Version> above = stack;
  std::erase_if(above, [&](const Version& version) { return version.order < origin.order; });
  const Landing landing = land(above, origin, two_way);
  for (const auto& [moved, order] : landing.moved) {
    EXPECT_TRUE(moved.origin) << "what was written here is known elsewhere by its Order";
    std::ranges::find(stack, moved.order, &Version::order)->order = order;
  }
  Version version = replica(source_time, 0);
  version.order = landing.order;
  stack.push_back(version);
  std::ranges::sort(stack, std::greater<>(), &Version::order);
  return stack;
}

/// Source orders from the newest to the oldest; 0: written here.
std::vector<std::uint64_t> sources(const std::vector<Version>& stack) {
  std::vector<std::uint64_t> out;
  for (const Version& version : stack) out.push_back(version.origin ? version.origin->order.time.value : 0);
  return out;
}

TEST(Landing, WhereNoOrderIsLeftTheNewerOnesMoveUp) {
  for (const bool two_way : {false, true}) {
    EXPECT_EQ(sources(landed({replica(120, 5001), replica(90, 5000)}, 100, two_way)), (std::vector<std::uint64_t>{120, 100, 90})) << "above everything there is room";
    EXPECT_EQ(sources(landed({replica(140, 5100), replica(130, 5002), replica(120, 5001), replica(90, 5000)}, 100, two_way)), (std::vector<std::uint64_t>{140, 130, 120, 100, 90}));
    EXPECT_EQ(sources(landed({local(5100), replica(120, 5001), replica(90, 5000)}, 100, two_way)), (std::vector<std::uint64_t>{0, 120, 100, 90}));
  }
}

TEST(Landing, WhereAVersionWrittenHereStandsInTheWayTheOlderOnesMoveDown) {
  for (const bool two_way : {false, true}) {
    EXPECT_EQ(sources(landed({local(5002), replica(120, 5001), replica(90, 5000), local(4000)}, 100, two_way)), (std::vector<std::uint64_t>{0, 120, 100, 90, 0}));
    EXPECT_EQ(sources(landed({local(5002), replica(120, 5001), replica(90, 5000), replica(80, 4999)}, 100, two_way)), (std::vector<std::uint64_t>{0, 120, 100, 90, 80}));
  }
}

TEST(Landing, NobodyMovesWhereThereIsRoom) { EXPECT_TRUE(land({replica(120, 5002), replica(90, 5000)}, from_there(100), false).moved.empty()); }

TEST(Landing, AnyNumberOfLateArrivalsStandInTheOrderOfTheirSource) {
  for (const bool two_way : {false, true}) {
    std::vector<Version> stack{replica(3000, 3000), local(2999), replica(1, 2998), local(2997)};
    std::vector<std::uint64_t> expected{3000, 1};
    for (std::uint64_t i = 0; i < 300; ++i) {
      const std::uint64_t time = 2 + i * 7919 % 1009;  // no two the same, in no order
      stack = landed(std::move(stack), time, two_way);
      expected.push_back(time);
      std::ranges::sort(expected, std::greater<>());
      auto seen = sources(stack);
      std::erase(seen, 0u);
      ASSERT_EQ(seen, expected) << "arrival " << i << " of " << time;
    }
  }
}

}  // namespace
}  // namespace farshore::objects
