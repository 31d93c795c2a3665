// SPDX-License-Identifier: Apache-2.0
// Wire examples of the protocol buffers encoding guide, and malformed records.
#include "codec/record.h"

#include <gtest/gtest.h>

#include <string>

#include "codec/text.h"

namespace farshore::codec {
namespace {

// Reads to the end and says whether the record was well formed.
bool reads_well(BytesView bytes) {
  RecordReader reader(bytes);
  while (reader.next()) {
  }
  return reader.ok();
}

TEST(Record, MatchesTheProtobufWireFormat) {
  RecordWriter writer;
  writer.u64(1, 150);
  writer.bytes(2, "testing");
  EXPECT_EQ(hex_encode(writer.view()), "089601120774657374696e67");
}

TEST(Record, FieldsReadBackInOrder) {
  RecordWriter inner;
  inner.u64(1, 7);
  RecordWriter writer;
  writer.u64(1, 0);
  writer.u64(2, UINT64_MAX);
  writer.boolean(3, true);
  writer.bytes(4, std::string_view("\0\xff", 2));
  writer.record(5, inner);
  writer.bytes(4, "");
  writer.u64(536870911, 1);
  const Bytes bytes = std::move(writer).take();

  RecordReader reader(bytes);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.field(), 1u);
  EXPECT_EQ(reader.u64(), 0u);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.u64(), UINT64_MAX);
  ASSERT_TRUE(reader.next());
  EXPECT_TRUE(reader.boolean());
  EXPECT_EQ(reader.bytes(), "");
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.field(), 4u);
  EXPECT_EQ(reader.owned(), Bytes("\0\xff", 2));
  EXPECT_EQ(reader.u64(), 0u);
  ASSERT_TRUE(reader.next());
  RecordReader nested(reader.bytes());
  ASSERT_TRUE(nested.next());
  EXPECT_EQ(nested.u64(), 7u);
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.field(), 4u);
  EXPECT_EQ(reader.bytes(), "");
  ASSERT_TRUE(reader.next());
  EXPECT_EQ(reader.field(), 536870911u);
  EXPECT_FALSE(reader.next());
  EXPECT_TRUE(reader.ok());
}

TEST(Record, AnEmptyRecordIsWellFormed) { EXPECT_TRUE(reads_well("")); }

TEST(Record, EveryTruncationInsideAFieldIsNoticed) {
  RecordWriter writer;
  writer.bytes(1, "value");
  const Bytes bytes = writer.view();
  for (std::size_t size = 1; size < bytes.size(); ++size) {
    EXPECT_FALSE(reads_well(BytesView(bytes).substr(0, size))) << size;
  }
  EXPECT_TRUE(reads_well(bytes));
}

TEST(Record, MalformedFieldsAreRefused) {
  for (const auto* hex : {
           "00",                          // field number 0
           "09",                          // fixed64, which is not ours
           "0b",                          // group
           "0d00000000",                  // fixed32
           "08ffffffffffffffffffff01",    // varint of eleven bytes
           "0affffffffffffffffff01",      // length of nearly 2^64
           "0a05616263",                  // length beyond the end
           "80808080808080808001",        // field number beyond 32 bits
       }) {
    EXPECT_FALSE(reads_well(*hex_decode(hex))) << hex;
  }
}

TEST(Record, NothingIsReadAfterAMalformedField) {
  const Bytes bytes = *hex_decode("000801");
  RecordReader reader(bytes);
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.ok());
}

}  // namespace
}  // namespace farshore::codec
