// SPDX-License-Identifier: Apache-2.0
#include "backend/local/rocks_index.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

#include "platform/platform_fixture.h"

namespace farshore::backend {
namespace {

/// After a start, tables are opened when somebody first reads from them. Until then nothing is known of their rows without waiting for the disk.
TEST(RocksIndex, ARowOfATableThatIsNotOpenYetIsNotTakenForAnEmptyOne) {
  const platform::TemporaryDirectory directory;
  RocksSettings small;
  small.cache_bytes = small.memtable_bytes = 1u << 20;
  constexpr int kRows = 60'000;
  const auto key = [](int number) { return fmt::format("row-{:08}", number); };
  const Bytes value(1000, 'v');
  {
    const auto index = RocksIndex::open(directory.path() + "/index", small).value();
    IndexBatch batch;
    for (int i = 0; i < kRows; ++i) {
      batch.put({key(i)}, {value});
      if (i % 100 != 99) continue;
      ASSERT_TRUE(index->write(batch));
      batch.clear();
    }
    ASSERT_TRUE(index->flush());
  }
  const auto index = RocksIndex::open(directory.path() + "/index", small).value();
  for (int i = 0; i < kRows; i += 97) {
    const auto known = index->get_cached(key(i));
    if (known) ASSERT_TRUE(*known == value) << i << " has " << (*known ? (*known)->size() : 0) << " bytes";
  }
  for (int i = 0; i < kRows; i += 97) {
    EXPECT_EQ(index->get(key(i)).value(), value);
    const auto again = index->get_cached(key(i));
    ASSERT_TRUE(again) << i;
    EXPECT_EQ(*again, value);
  }
  IndexBatch empty;
  empty.put({"empty"}, {});
  ASSERT_TRUE(index->write(empty));
  EXPECT_EQ(index->get_cached("empty"), std::optional<std::optional<Bytes>>(Bytes()));
}

}  // namespace
}  // namespace farshore::backend
