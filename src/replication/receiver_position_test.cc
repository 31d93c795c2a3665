// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "codec/frame.h"
#include "replication/receiver.h"

namespace farshore::replication {
namespace {

std::set<Sequence> every_other(std::uint64_t first, std::size_t count) {
  std::set<Sequence> applied;
  for (std::size_t i = 0; i < count; ++i) applied.insert(Sequence(first + 2 * i));
  return applied;
}

TEST(StreamPosition, AFewAppliedChangesAreAllNamed) {
  const auto applied = every_other(7, 100);
  EXPECT_EQ(list_applied(applied), std::vector<Sequence>(applied.begin(), applied.end()));
  EXPECT_TRUE(list_applied({}).empty());
}

TEST(StreamPosition, FitsIntoAFrameHoweverLongOneChangeHoldsItBack) {
  const auto applied = every_other(std::uint64_t{1} << 60, 300000);
  StreamPosition position;
  position.applied = list_applied(applied);
  EXPECT_EQ(position.applied.front(), *applied.begin());
  EXPECT_EQ(position.applied.back(), *applied.rbegin()) << "a source that was put back from an older copy is known by it";
  EXPECT_LT(encode(position).size(), codec::kFrameBytesMax - codec::kFrameHeadBytes - codec::kFrameBodyBytesMax);
}

}  // namespace
}  // namespace farshore::replication
