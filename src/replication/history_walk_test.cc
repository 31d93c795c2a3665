// SPDX-License-Identifier: Apache-2.0
// HistoryWalk: keys that finish out of order.
#include "replication/history_walk.h"

#include <gtest/gtest.h>

namespace farshore::replication {
namespace {

TEST(HistoryWalk, ReachesAKeyOnlyWhenAllBeforeItAreSettled) {
  HistoryWalk walk;
  walk.restart("");
  const auto a = walk.begin("a", 2);
  const auto b = walk.begin("b", 1);
  walk.settle(b);
  EXPECT_EQ(walk.reached(), "");
  walk.settle(a);
  EXPECT_EQ(walk.reached(), "");
  walk.settle(a);
  EXPECT_EQ(walk.reached(), "b");
  EXPECT_FALSE(walk.complete());
  walk.end();
  EXPECT_TRUE(walk.complete());
}

TEST(HistoryWalk, WhatAFormerWalkLeftUnderWaySaysNothingOfTheNextOne) {
  HistoryWalk walk;
  walk.restart("");
  const auto old = walk.begin("z", 1);
  walk.end();
  walk.restart("c");
  const auto fresh = walk.begin("d", 1);
  walk.settle(old);
  EXPECT_EQ(walk.reached(), "c");
  EXPECT_FALSE(walk.complete());
  walk.settle(fresh);
  EXPECT_EQ(walk.reached(), "d");
}

}  // namespace
}  // namespace farshore::replication
