// SPDX-License-Identifier: Apache-2.0
#include "platform/loss_watch.h"

#include <gtest/gtest.h>

namespace farshore::platform {
namespace {
using namespace std::chrono_literals;

/// A connection as the kernel counts it.
class Losses : public testing::Test {
 public:
  bool sends(Duration busy, std::uint64_t packets, std::uint64_t again) {
    sample.busy += busy;
    sample.packets += packets;
    sample.packets_again += again;
    return watch.lossy(sample);
  }
  PathSample sample;
  LossWatch watch;
};

TEST_F(Losses, APathThatKeepsLosingIsLossy) {
  EXPECT_FALSE(sends(500ms, 10'000, 10));
  EXPECT_TRUE(sends(500ms, 10'000, 10));
}

TEST_F(Losses, OneQueueThatRanOverIsNoLossyPath) {
  EXPECT_FALSE(sends(500ms, 50'000, 8'000));
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(sends(500ms, 50'000, 0));
  EXPECT_FALSE(sends(500ms, 50'000, 8'000));
}

TEST_F(Losses, AQueueThatRunsOverAgainAndAgainIsNoLossyPath) {
  sample.shortest = 100ms;
  sample.round_trip = 195ms;
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(sends(500ms, 600, 20));
  sample.round_trip = 110ms;
  EXPECT_FALSE(sends(500ms, 600, 20));
  EXPECT_TRUE(sends(500ms, 600, 20));
}

TEST_F(Losses, AFewPacketsSayNothing) {
  for (int i = 0; i < 9; ++i) EXPECT_FALSE(sends(500ms, 100, 1));  // the fifth ends the first period, the tenth the second
  EXPECT_TRUE(sends(500ms, 100, 1));
}

TEST_F(Losses, ItIsCleanAgainAfterTwentySecondsWithout) {
  sends(500ms, 10'000, 100);
  ASSERT_TRUE(sends(500ms, 10'000, 100));
  for (int i = 0; i < 39; ++i) ASSERT_TRUE(sends(500ms, 10'000, 0));
  EXPECT_FALSE(sends(500ms, 10'000, 0));
}

TEST_F(Losses, OneInTwoThousandIsStillClean) {
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(sends(500ms, 10'000, 5));
}

}  // namespace
}  // namespace farshore::platform
