// SPDX-License-Identifier: Apache-2.0
#include "model/version_id.h"

#include <gtest/gtest.h>

namespace farshore {
namespace {

Order order_at(std::uint64_t time) { return Order{HybridTime{time}, RegionNumber(3), 0x0003000000000007u}; }

TEST(VersionId, RoundTripsAndRemembersItsOrder) {
  const VersionId id = VersionId::mint(order_at(0x0123456789ABCDEF));
  EXPECT_EQ(id.text().size(), 32u);
  const auto parsed = VersionId::parse(id.text());
  ASSERT_TRUE(parsed);
  EXPECT_EQ(*parsed, id);
  EXPECT_EQ(parsed->minted_order(), order_at(0x0123456789ABCDEF));
}

TEST(VersionId, NewerIdsSortFirst) { EXPECT_LT(VersionId::mint(order_at(2)).text(), VersionId::mint(order_at(1)).text()); }

TEST(VersionId, AnyChangedCharacterIsMalformed) {
  const std::string good(VersionId::mint(order_at(77)).text());
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = bad[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(VersionId::parse(bad)) << bad;
  }
  EXPECT_FALSE(VersionId::parse(""));
  EXPECT_FALSE(VersionId::parse("NULL"));
  EXPECT_FALSE(VersionId::parse(good + "0"));
  EXPECT_TRUE(VersionId::parse("null")->is_null());
}

}  // namespace
}  // namespace farshore
