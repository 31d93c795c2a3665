// SPDX-License-Identifier: Apache-2.0
#include "storage/keys.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace farshore::storage {
namespace {

Order order_at(std::uint64_t time, std::uint16_t region = 1, std::uint64_t partition = 1) {
  return Order{HybridTime{time}, RegionNumber(region), partition};
}

RC_GTEST_PROP(Keys, EscapingKeepsTheOrderOfKeys, (const std::string& a, const std::string& b)) {
  RC_ASSERT((a < b) == (escape_key(a) < escape_key(b)));
  RC_ASSERT((a == b) == (escape_key(a) == escape_key(b)));
}

RC_GTEST_PROP(Keys, UnescapingGivesTheKeyAndWhatFollowedIt, (const std::string& key, const std::string& behind)) {
  const Bytes escaped = escape_key(key) + behind;
  BytesView rest;
  RC_ASSERT(unescape_key(escaped, &rest).get() == key);
  RC_ASSERT(rest == behind);
}

RC_GTEST_PROP(Keys, UnescapingArbitraryBytesStaysInsideThem, (const std::string& bytes)) {
  BytesView rest;
  RC_ASSERT(unescape_key(bytes, &rest).get().size() <= bytes.size());
  RC_ASSERT(rest.size() <= bytes.size());
}

TEST(Keys, ZeroBytesDoNotMixUpKeys) {
  const std::vector<std::string> sorted = {"", std::string("\0", 1), std::string("\0\0", 2), std::string("\0a", 2), "a", std::string("a\0", 2),
                                           std::string("a\0b", 3), std::string("a\x01", 2), "aa", "\xFF", std::string("\xFF\0", 2)};
  for (std::size_t i = 1; i < sorted.size(); ++i) EXPECT_LT(escape_key(sorted[i - 1]), escape_key(sorted[i])) << i;
}

TEST(Keys, TheNewestOrderSortsFirst) {
  const std::vector<Order> newest_first = {order_at(9), order_at(8, 3, 1), order_at(8, 2, 9), order_at(8, 2, 8), order_at(0, 0, 0)};
  for (std::size_t i = 1; i < newest_first.size(); ++i) {
    EXPECT_GT(newest_first[i - 1], newest_first[i]);
    EXPECT_LT(encode_order(newest_first[i - 1]), encode_order(newest_first[i]));
  }
}

RC_GTEST_PROP(Keys, AnOrderReadsBackAndSortsInverted, (std::uint64_t time, std::uint16_t region, std::uint64_t partition, std::uint64_t other)) {
  const Order a = order_at(time, region, partition);
  const Order b = order_at(other, region, partition);
  RC_ASSERT(decode_order(encode_order(a)) == a);
  RC_ASSERT((a < b) == (encode_order(b) < encode_order(a)));
}

TEST(Keys, TheVersionsOfAKeyAreContiguousAndItsOwnOnly) {
  const Bytes begin = version_rows(ObjectKey("a"));
  const Bytes end = prefix_end(begin);
  EXPECT_LT(begin, version_row(ObjectKey("a"), order_at(~std::uint64_t{0})));
  EXPECT_LT(version_row(ObjectKey("a"), order_at(0, 0, 0)), end);
  for (const std::string& other : {std::string("a\0", 2), std::string("aa"), std::string("a\x01"), std::string(), std::string("b")}) {
    const Bytes row = version_row(ObjectKey(other), order_at(5));
    EXPECT_TRUE(row < begin || row >= end) << other.size();
  }
}

TEST(Keys, RowsHaveTheBytesOfTheFormat) {
  const Bytes escaped("h" "cat\0\xFF" "x\0\x01", 9);
  EXPECT_EQ(head_row(ObjectKey(std::string("cat\0x", 5))), escaped);
  EXPECT_EQ(guard_row(), "g");
  EXPECT_EQ(alias_row(ObjectKey("k"), VersionId()), Bytes("ik\0\x01null", 8));
  EXPECT_EQ(part_row(UploadId("ABC"), PartNumber(258)), Bytes("pABC\0\0\x01\x02", 8));
  EXPECT_EQ(parked_row(RuleId("r1"), Sequence(1)), Bytes("kr1\0\0\0\0\0\0\0\0\x01", 12));
  EXPECT_EQ(applied_row("s", Sequence(256)), Bytes("as\0\0\0\0\0\0\x01\0", 10));
  EXPECT_EQ(stream_name(RuleId("r"), PartitionId{BucketId(1), 2}), Bytes("r\0\0\0\0\0\0\0\0\x01\0\x02", 12));
}

TEST(Keys, RowsOfDifferentKindsNeverMeet) {
  const ObjectKey key("k");
  const VersionId id = VersionId::mint(order_at(1));
  const std::set<Bytes> rows = {guard_row(), head_row(key), version_row(key, order_at(1)), alias_row(key, id), tombstone_row(key, id),
                                upload_row(key, UploadId("U")), part_row(UploadId("U"), PartNumber(1)), rule_row(RuleId("r")),
                                incoming_row(RuleId("r")), checkpoint_row(RuleId("r")), parked_row(RuleId("r"), Sequence(1)),
                                low_water_row("s"), applied_row("s", Sequence(1))};
  EXPECT_EQ(rows.size(), 13u);
}

TEST(Keys, ThePrefixEndIsTheSmallestKeyAboveAllThatBeginWithIt) {
  EXPECT_EQ(prefix_end("a"), "b");
  EXPECT_EQ(prefix_end("a\xFF"), "b");
  EXPECT_EQ(prefix_end("a\x7F"), "a\x80");
  EXPECT_EQ(prefix_end("\xFF\xFF"), "");
  EXPECT_EQ(prefix_end(""), "");
}

RC_GTEST_PROP(Keys, PrefixEndParts, (const std::string& prefix, const std::string& key)) {
  const Bytes end = prefix_end(prefix);
  const bool inside = key >= prefix && (end.empty() || key < end);
  RC_ASSERT(inside == key.starts_with(prefix));
}

}  // namespace
}  // namespace farshore::storage
