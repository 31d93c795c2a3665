// SPDX-License-Identifier: Apache-2.0
// What the cache of index rows may say, and how much it may hold.
#include "backend/local/row_cache.h"

#include <gtest/gtest.h>

#include <map>

#include "sim/world/sim_loop.h"

namespace farshore::backend {
namespace {

/// An index that counts who asks it, all of it in memory unless it is said to be cold.
class CountingIndex final : public OrderedIndex {
 public:
  Result<std::optional<Bytes>> get(BytesView key) override { return value_of(key); }
  std::optional<std::optional<Bytes>> get_cached(BytesView key) override {
    ++asked;
    if (cold) return std::nullopt;
    return value_of(key);
  }
  Result<IndexPage> scan(const IndexRange&) override { return IndexPage(); }
  Result<void> write(const IndexBatch&) override { return {}; }
  Result<void> flush() override { return {}; }
  std::optional<Bytes> value_of(BytesView key) const {
    const auto found = rows.find(Bytes(key));
    return found == rows.end() ? std::nullopt : std::optional<Bytes>(found->second);
  }
  std::map<Bytes, Bytes> rows;
  int asked = 0;
  bool cold = false;
};

class RowCacheTest : public testing::Test {
 protected:
  using Found = std::optional<std::optional<Bytes>>;
  static Found value(Bytes text) { return Found(std::optional<Bytes>(std::move(text))); }
  static Found absent() { return Found(std::optional<Bytes>()); }
  sim::SimLoop loop{1};
  sim::SimNode node{loop};
  CountingIndex index;
};

TEST_F(RowCacheTest, ARowIsAskedForOnceUntilItIsForgotten) {
  RowCache rows(index, 1 << 20, node.metrics);
  index.rows["k"] = "one";
  EXPECT_EQ(rows.look_up("k"), value("one"));
  EXPECT_EQ(rows.look_up("k"), value("one"));
  EXPECT_EQ(index.asked, 1);
  index.rows["k"] = "two";
  EXPECT_EQ(rows.look_up("k"), value("one"));  // not landed yet
  rows.forget("k");
  EXPECT_EQ(rows.look_up("k"), value("two"));
  EXPECT_EQ(index.asked, 2);
}

TEST_F(RowCacheTest, AbsenceIsRememberedAndForgottenLikeARow) {
  RowCache rows(index, 1 << 20, node.metrics);
  EXPECT_EQ(rows.look_up("k"), absent());
  EXPECT_EQ(rows.look_up("k"), absent());
  EXPECT_EQ(index.asked, 1);
  index.rows["k"] = "";
  rows.forget("k");
  EXPECT_EQ(rows.look_up("k"), value(""));
}

TEST_F(RowCacheTest, WhatTheIndexWouldHaveToReadFromDiskIsNotKept) {
  RowCache rows(index, 1 << 20, node.metrics);
  index.rows["k"] = "one";
  index.cold = true;
  EXPECT_EQ(rows.look_up("k"), std::nullopt);
  index.cold = false;
  EXPECT_EQ(rows.look_up("k"), value("one"));
}

TEST_F(RowCacheTest, HoldsNoMoreThanItsBytesAndKeepsWhatIsAskedFor) {
  constexpr std::size_t kBytesMax = 64 << 10;
  RowCache rows(index, kBytesMax, node.metrics);
  for (int i = 0; i < 5000; ++i) index.rows["key" + std::to_string(i)] = Bytes(100, 'v');
  index.rows["hot"] = "hot";
  for (int i = 0; i < 5000; ++i) {
    rows.look_up("key" + std::to_string(i));
    EXPECT_EQ(rows.look_up("hot"), value("hot"));
    EXPECT_LE(rows.bytes(), kBytesMax);
  }
  EXPECT_EQ(index.asked, 5001) << "the hot row went";
  EXPECT_GT(rows.bytes(), kBytesMax / 2);
  EXPECT_EQ(rows.look_up("key4999"), value(Bytes(100, 'v')));
  rows.clear();
  EXPECT_EQ(rows.bytes(), 0u);
  EXPECT_EQ(rows.size(), 0u);
}

TEST_F(RowCacheTest, ARowThatIsTooLargePassesThrough) {
  RowCache rows(index, 64 << 10, node.metrics);
  index.rows["k"] = Bytes(2000, 'v');
  EXPECT_EQ(rows.look_up("k"), value(Bytes(2000, 'v')));
  EXPECT_EQ(rows.size(), 0u);
}

TEST_F(RowCacheTest, NoBytesMeansNoCache) {
  RowCache rows(index, 0, node.metrics);
  index.rows["k"] = "one";
  EXPECT_EQ(rows.look_up("k"), value("one"));
  EXPECT_EQ(rows.look_up("k"), value("one"));
  EXPECT_EQ(index.asked, 2);
}

/// Against a plain map, with every row either forgotten at its change or not yet landed.
TEST_F(RowCacheTest, NeverSaysAnythingButTheLastLandedValue) {
  RowCache rows(index, 8 << 10, node.metrics);
  Random& random = node.runtime.random;
  for (int step = 0; step < 20000; ++step) {
    const Bytes key = "k" + std::to_string(random.below(200));
    if (random.below(4) == 0) {
      if (random.below(3) == 0) {
        index.rows.erase(key);
      } else {
        index.rows[key] = Bytes(random.below(100), static_cast<char>('a' + random.below(26)));
      }
      rows.forget(key);
    }
    ASSERT_EQ(rows.look_up(key), Found(index.value_of(key))) << key;
  }
}

}  // namespace
}  // namespace farshore::backend
