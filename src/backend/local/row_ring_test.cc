// SPDX-License-Identifier: Apache-2.0
// What a ring of rows keeps, gives up, and never mixes up.
#include "backend/local/row_ring.h"

#include <gtest/gtest.h>

#include <map>

#include "sim/world/sim_loop.h"

namespace farshore::backend {
namespace {

using Value = RowRing::Value;

TEST(RowRing, ARowIsThereOrKnownToBeAbsentOrNotKnown) {
  RowRing ring(64 << 10);
  ring.put("there", "value");
  ring.put("empty", "");
  ring.put("absent", std::nullopt);
  EXPECT_EQ(ring.find("there"), std::optional<Value>(Value("value")));
  EXPECT_EQ(ring.find("empty"), std::optional<Value>(Value("")));
  EXPECT_EQ(ring.find("absent"), std::optional<Value>(Value()));
  EXPECT_EQ(ring.find("other"), std::nullopt);
  ring.erase("there");
  ring.erase("there");
  EXPECT_EQ(ring.find("there"), std::nullopt);
  EXPECT_EQ(ring.size(), 2u);
}

TEST(RowRing, TheNewestStayAndWhatWasAskedForStaysWithThem) {
  RowRing ring(64 << 10);
  const Bytes value(100, 'v');
  ring.put("asked for", "once in a while");
  for (int i = 0; i < 10000; ++i) {
    ring.put("row " + std::to_string(i), value);
    if (i % 100 == 0) {
      ASSERT_TRUE(ring.find("asked for")) << i;
    }
    ASSERT_LE(ring.bytes(), 64u << 10);
  }
  for (int i = 9800; i < 10000; ++i) EXPECT_TRUE(ring.find("row " + std::to_string(i))) << i;
  EXPECT_FALSE(ring.find("row 0"));
}

TEST(RowRing, RowsTooSmallForItsTableMakeRoomLikeAllOthers) {
  RowRing ring(16 << 10);
  for (int i = 0; i < 20000; ++i) {
    ring.put(std::to_string(i), std::nullopt);
    ASSERT_TRUE(ring.find(std::to_string(i)));  // so that none is given up in its first round
    ASSERT_LE(ring.bytes(), 16u << 10);
  }
  EXPECT_GT(ring.size(), 100u);
}

TEST(RowRing, TakesNothingThatWouldCrowdOutTheRest) {
  RowRing ring(64 << 10);
  ring.put("k", Bytes(2000, 'v'));
  ring.put(Bytes(70000, 'k'), "v");
  EXPECT_EQ(ring.size(), 0u);
  for (const std::size_t bytes : {0, 1, 511, 4096}) {
    RowRing small(bytes);
    for (int i = 0; i < 1000; ++i) small.put(std::to_string(i), "v");
    EXPECT_LE(small.bytes(), bytes);
  }
}

/// Some pairs of so many keys have the same tag.
TEST(RowRing, KeysThatLookAlikeInItsTableAreToldApart) {
  RowRing ring(64 << 20);
  const auto key = [](int i) { return "key " + std::to_string(i); };
  for (int i = 0; i < 400000; ++i) {
    ASSERT_EQ(ring.find(key(i)), std::nullopt) << i;
    const Bytes value = std::to_string(i);
    ring.put(key(i), Value(value));
  }
  ASSERT_EQ(ring.size(), 400000u);
  for (int i = 0; i < 400000; i += 2) ring.erase(key(i));
  for (int i = 0; i < 400000; ++i) {
    const auto found = ring.find(key(i));
    if (i % 2 == 0) {
      ASSERT_EQ(found, std::nullopt) << i;
    } else {
      ASSERT_EQ(found, std::optional<Value>(Value(std::to_string(i)))) << i;
    }
  }
}

/// Against a map that forgets nothing: a row that the ring still has is the one that was put last.
TEST(RowRing, NeverGivesARowThatIsNotTheLastOne) {
  sim::SimLoop loop(1);
  sim::SimNode node(loop);
  Random& chance = node.runtime.random;
  for (const std::size_t bytes : {4u << 10, 16u << 10, 256u << 10}) {
    RowRing ring(bytes);
    std::map<Bytes, std::optional<Bytes>> put;
    std::size_t found = 0;
    for (int step = 0; step < 200000; ++step) {
      const Bytes key = "key " + std::to_string(chance.below(3000));
      const std::uint64_t what = chance.below(8);
      if (what < 3) {
        const auto known = ring.find(key);
        const auto expected = put.find(key);
        if (!known) continue;
        ASSERT_NE(expected, put.end()) << key << " was erased";
        ASSERT_EQ(*known, expected->second ? Value(*expected->second) : Value()) << key;
        ++found;
      } else {
        ring.erase(key);
        put.erase(key);
        if (what == 3) continue;
        auto& value = put[key];
        if (what > 4) value = Bytes(chance.below(60), static_cast<char>('a' + step % 26));
        ring.put(key, value ? Value(*value) : Value());
      }
      ASSERT_LE(ring.size(), put.size());
    }
    EXPECT_GT(found, 1000u) << bytes;
    ring.clear();
    EXPECT_EQ(ring.size() + ring.bytes(), 0u);
  }
}

}  // namespace
}  // namespace farshore::backend
