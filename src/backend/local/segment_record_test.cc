// SPDX-License-Identifier: Apache-2.0
// The bytes of a record, pinned (they were made by another program from docs/formats/segment-log.md), and what must be refused.
#include "backend/local/segment_record.h"

#include <gtest/gtest.h>

#include "backend/local/segment_log.h"
#include "crypto/crc32c.h"
#include "sim/world/sim_disk.h"
#include "sim/world/sim_loop.h"

namespace farshore::backend {
namespace {

constexpr std::string_view kGolden =
    "46535231ef5f720c05000000000000000600000000000000e903000000000000e8030000000000008100000017000000"
    "0100000000000000070000000000010003002a0000000000000008070605040302010907060504030201020104726f77"
    "410676616c7565310004726f774201067265636f726404010100000000010000123371e1760202000000000100008080"
    "20030300000000010000000404000000000100000581cba51b0900000000000000001000000000000068656c6c6f2c20"
    "7365676d656e74206c6f676d6f766564";

Bytes golden() {
  Bytes out;
  for (std::size_t i = 0; i < kGolden.size(); i += 2) out.push_back(static_cast<char>(std::stoi(std::string(kGolden.substr(i, 2)), nullptr, 16)));
  return out;
}

const Bytes kBody = "hello, segment log";
const Bytes kMoved = "moved";

LogEntry entry() {
  LogEntry entry;
  entry.partition = PartitionId{BucketId(0x0001000000000007), 3};
  entry.sequence = Sequence(42);
  entry.committed.value = 0x0102030405060708;
  entry.high_water.value = 0x0102030405060709;
  entry.mutations = {{"rowA", "value1"}, {"rowB", std::nullopt}};
  entry.journal = "record";
  entry.blobs.resize(4);
  entry.blobs[0] = {BlobEntry::Kind::kInline, BlobId(0x10000000001), kBody.size(), crypto::crc32c(kBody), 0, 0, 0};
  entry.blobs[1] = {BlobEntry::Kind::kExtent, BlobId(0x10000000002), 512u << 10, 0, 0, 0, 0};
  entry.blobs[2] = {BlobEntry::Kind::kReferences, BlobId(0x10000000003), 0, 0, 0, 0, 0};
  entry.blobs[3] = {BlobEntry::Kind::kMoved, BlobId(0x10000000004), kMoved.size(), crypto::crc32c(kMoved), 0, 9, 4096};
  return entry;
}

class SegmentRecordTest : public testing::Test {
 protected:
  /// What read_record makes of the bytes, standing at offset 512 of segment 5.
  Result<std::unique_ptr<StoredRecord>> read(const Bytes& bytes, std::uint64_t segment = 5, ReadBody body = ReadBody::kVerify) {
    EXPECT_TRUE(disk_.make_directories("log"));
    if (disk_.file_bytes("log/x") > 0) EXPECT_TRUE(disk_.remove("log/x"));
    file_ = *disk_.open("log/x", OpenMode::kCreate);
    const BytesView part(bytes);
    EXPECT_TRUE(file_->write(512, std::span(&part, 1)));
    return read_record(*file_, segment, 512, body);
  }
  sim::SimLoop loop_;
  sim::SimDisk disk_{loop_.random()};
  std::unique_ptr<File> file_;
};

TEST_F(SegmentRecordTest, IsWrittenAsDocumented) {
  RecordDraft draft = RecordDraft::of(RecordKind::kCommit, entry(), {Buffer(kBody), Buffer(kMoved)});
  RecordHeader header;
  header.segment = 5;
  header.epoch = 6;
  header.lsn = 1001;
  header.synced = 1000;
  header.payload_bytes = static_cast<std::uint32_t>(draft.payload().size());
  header.body_bytes = draft.body_bytes;
  seal_record(header, draft.frame);
  Bytes written = draft.frame + kBody + kMoved;
  written.resize(header.total_bytes());
  EXPECT_EQ(written, golden());
}

TEST_F(SegmentRecordTest, IsReadAsDocumented) {
  const auto record = read(golden());
  ASSERT_TRUE(record && *record);
  const StoredRecord& got = **record;
  EXPECT_EQ(got.header.lsn, 1001u);
  EXPECT_EQ(got.header.epoch, 6u);
  EXPECT_EQ(got.header.synced, 1000u);
  EXPECT_EQ(got.end(), 512 + golden().size());
  EXPECT_EQ(got.body, kBody + kMoved);
  EXPECT_EQ(got.entry.sequence, Sequence(42));
  EXPECT_EQ(got.entry.journal, "record");
  ASSERT_EQ(got.entry.mutations.size(), 2u);
  EXPECT_EQ(got.entry.mutations[0].value, "value1");
  EXPECT_FALSE(got.entry.mutations[1].value);
  ASSERT_EQ(got.entry.blobs.size(), 4u);
  EXPECT_EQ(got.entry.blobs[1].length, 512u << 10);
  EXPECT_EQ(got.entry.blobs[3].old_offset, 4096u);
}

TEST_F(SegmentRecordTest, ATinyBodyStandsInThePayload) {
  LogEntry tiny;
  tiny.blobs.resize(2);
  tiny.blobs[0].kind = tiny.blobs[1].kind = BlobEntry::Kind::kTiny;
  tiny.blobs[0].bytes = "tiny";
  tiny.blobs[0].length = 4;
  Bytes payload;
  append_entry(payload, tiny);
  EXPECT_TRUE(payload.ends_with(Bytes("\2\5\0\0\0\0\0\0\0\0\4tiny\5\0\0\0\0\0\0\0\0\0", 25)));
  const auto read = parse_entry(payload);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->blobs[0].bytes, "tiny");
  EXPECT_EQ(read->blobs[1].bytes, "");
  EXPECT_EQ(read->body_bytes(), 0u);
  EXPECT_FALSE(parse_entry(BytesView(payload).substr(0, payload.size() - 12)));
}

TEST_F(SegmentRecordTest, AnyFlippedBitIsFound) {
  for (std::size_t at = 0; at < golden().size(); ++at) {
    Bytes damaged = golden();
    damaged[at] ^= static_cast<char>(1u << (at % 8));
    const auto record = read(damaged);
    ASSERT_TRUE(record);
    const bool padding = at >= kRecordHeaderBytes + parse_record_header(golden())->payload_bytes + kBody.size() + kMoved.size();
    EXPECT_EQ(*record == nullptr, !padding) << "byte " << at;
  }
}

TEST_F(SegmentRecordTest, AShortenedOneIsNoRecord) {
  const auto header = parse_record_header(golden());
  const std::size_t whole = kRecordHeaderBytes + header->payload_bytes + header->body_bytes;
  for (std::size_t size = 0; size < whole; ++size) {
    const auto record = read(golden().substr(0, size));
    ASSERT_TRUE(record);
    EXPECT_EQ(*record, nullptr) << size;
  }
}

TEST_F(SegmentRecordTest, OneOfAnotherSegmentIsNoRecordHere) {
  const auto record = read(golden(), 6);
  ASSERT_TRUE(record);
  EXPECT_EQ(*record, nullptr);
}

TEST(LogEntry, MalformedPayloadsAreRefused) {
  Bytes whole;
  append_entry(whole, entry());
  EXPECT_TRUE(parse_entry(whole));
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(parse_entry(BytesView(whole).substr(0, size))) << size;
  EXPECT_FALSE(parse_entry(whole + "x"));
}

}  // namespace
}  // namespace farshore::backend
