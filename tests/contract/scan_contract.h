// SPDX-License-Identifier: Apache-2.0
// The promises of storage::Partition about scans.
#pragma once

#include <gmock/gmock.h>

#include <algorithm>

#include "tests/contract/store_test.h"

namespace farshore::contract {

template <class Fixture>
class ScanContract : public StoreTest<Fixture> {};
TYPED_TEST_SUITE_P(ScanContract);

inline std::vector<Bytes> keys_of(const storage::ScanPage& page) {
  std::vector<Bytes> keys;
  for (const auto& row : page.rows) keys.push_back(row.key);
  return keys;
}

TYPED_TEST_P(ScanContract, ScanGivesTheRowsFromBeginUpToEnd) {
  for (const char* key : {"a", "b", "c", "ca", "d"}) this->put(key, key);
  EXPECT_THAT(keys_of(this->scan({})), testing::ElementsAre("a", "b", "c", "ca", "d"));
  EXPECT_THAT(keys_of(this->scan({.begin = "b", .end = "ca"})), testing::ElementsAre("b", "c"));
  EXPECT_THAT(keys_of(this->scan({.begin = "bb", .end = ""})), testing::ElementsAre("c", "ca", "d"));
  EXPECT_THAT(keys_of(this->scan({.begin = "c", .end = "c"})), testing::IsEmpty());
  EXPECT_THAT(keys_of(this->scan({.begin = "d", .end = "a"})), testing::IsEmpty());
  EXPECT_FALSE(this->scan({.begin = "b", .end = "ca"}).more);
}

TYPED_TEST_P(ScanContract, ScanBackwardsStartsAtTheEnd) {
  for (const char* key : {"a", "b", "c", "ca", "d"}) this->put(key, key);
  EXPECT_THAT(keys_of(this->scan({.backwards = true})), testing::ElementsAre("d", "ca", "c", "b", "a"));
  EXPECT_THAT(keys_of(this->scan({.begin = "b", .end = "d", .backwards = true})), testing::ElementsAre("ca", "c", "b"));
  const auto page = this->scan({.begin = "a", .end = "d", .rows_max = 2, .backwards = true});
  EXPECT_THAT(keys_of(page), testing::ElementsAre("ca", "c"));
  EXPECT_TRUE(page.more);
  EXPECT_THAT(keys_of(this->scan({.begin = "d", .end = "a", .backwards = true})), testing::IsEmpty());
}

TYPED_TEST_P(ScanContract, ScanSortsByUnsignedBytes) {
  const std::vector<Bytes> sorted = {Bytes("\0", 1), Bytes("\0\x01", 2), "\x7F", "\x80", "\xFF", "\xFF\xFF"};
  for (auto key = sorted.rbegin(); key != sorted.rend(); ++key) this->put(*key, "x");
  EXPECT_EQ(keys_of(this->scan({})), sorted);
}

TYPED_TEST_P(ScanContract, PagesPutTogetherAreTheWholeRange) {
  std::vector<Bytes> expected;
  storage::Batch batch;
  for (int i = 100; i < 150; ++i) {
    expected.push_back(std::to_string(i));
    batch.put(std::to_string(i), Bytes(i, 'v'));
  }
  this->must_commit(batch);
  for (const bool backwards : {false, true}) {
    for (const std::size_t rows_max : {1u, 7u, 49u, 50u, 51u}) {
      storage::ScanRange range{.rows_max = rows_max, .backwards = backwards};
      std::vector<Bytes> seen;
      for (int pages = 0; pages < 60; ++pages) {
        const auto page = this->scan(range);
        EXPECT_LE(page.rows.size(), rows_max);
        for (const auto& row : page.rows) seen.push_back(row.key);
        if (!page.more || page.rows.empty()) break;
        (backwards ? range.end : range.begin) = backwards ? page.rows.back().key : page.rows.back().key + Bytes(1, '\0');
      }
      if (backwards) std::reverse(seen.begin(), seen.end());
      EXPECT_EQ(seen, expected) << "rows_max " << rows_max << " backwards " << backwards;
    }
  }
}

TYPED_TEST_P(ScanContract, ScanStopsAtItsBytesButAlwaysGivesARow) {
  for (const char* key : {"a", "b", "c", "d"}) this->put(key, Bytes(1000, 'v'));
  const auto one = this->scan({.bytes_max = 1});
  EXPECT_THAT(keys_of(one), testing::ElementsAre("a"));
  EXPECT_TRUE(one.more);
  const auto two = this->scan({.bytes_max = 1500});
  EXPECT_THAT(keys_of(two), testing::ElementsAre("a", "b"));
  EXPECT_TRUE(two.more);
  EXPECT_FALSE(this->scan({.bytes_max = 100000}).more);
}

REGISTER_TYPED_TEST_SUITE_P(ScanContract, ScanGivesTheRowsFromBeginUpToEnd, ScanBackwardsStartsAtTheEnd, ScanSortsByUnsignedBytes,
                            PagesPutTogetherAreTheWholeRange, ScanStopsAtItsBytesButAlwaysGivesARow);

}  // namespace farshore::contract
