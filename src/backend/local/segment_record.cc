// SPDX-License-Identifier: Apache-2.0
#include "backend/local/segment_record.h"

#include "backend/local/little_endian.h"
#include "base/check.h"
#include "crypto/crc32c.h"

namespace farshore::backend {
namespace {

constexpr BytesView kMagic = "FSR1";
constexpr std::size_t kCrcOffset = 4;
constexpr std::size_t kCoveredFrom = 8;
/// Read in one go: most headers with their payload.
constexpr std::size_t kFirstReadBytes = 4096;

/// Reads exactly `count` bytes; false at the end of the file.
Result<bool> read_fully(File& file, std::uint64_t offset, std::size_t count, Bytes& into) {
  into.resize(count);
  TRY(const std::size_t got, file.read(offset, into));
  return got == count;
}

bool body_matches(const LogEntry& entry, BytesView body) {
  for (const BlobEntry& blob : entry.blobs) {
    if (!blob.in_body()) continue;
    if (crypto::crc32c(body.substr(0, blob.length)) != blob.crc) return false;
    body.remove_prefix(blob.length);
  }
  return true;
}

}  // namespace

std::uint64_t RecordHeader::total_bytes() const {
  return align_up(kRecordHeaderBytes + std::uint64_t{payload_bytes} + body_bytes, 8);
}

void seal_record(const RecordHeader& header, Bytes& frame) {
  FS_CHECK(frame.size() == kRecordHeaderBytes + header.payload_bytes);
  char* out = frame.data();
  kMagic.copy(out, kMagic.size());
  store_little(out + 8, header.segment);
  store_little(out + 16, header.epoch);
  store_little(out + 24, header.lsn);
  store_little(out + 32, header.synced);
  store_little(out + 40, header.payload_bytes);
  store_little(out + 44, header.body_bytes);
  store_little(out + 48, static_cast<std::uint32_t>(header.kind));
  store_little(out + 52, std::uint32_t{0});
  store_little(out + kCrcOffset, crypto::crc32c(BytesView(frame).substr(kCoveredFrom)));
}

std::optional<RecordHeader> parse_record_header(BytesView bytes) {
  if (bytes.size() < kRecordHeaderBytes || !bytes.starts_with(kMagic)) return std::nullopt;
  RecordHeader header;
  const char* in = bytes.data();
  header.segment = load_little<std::uint64_t>(in + 8);
  header.epoch = load_little<std::uint64_t>(in + 16);
  header.lsn = load_little<std::uint64_t>(in + 24);
  header.synced = load_little<std::uint64_t>(in + 32);
  header.payload_bytes = load_little<std::uint32_t>(in + 40);
  header.body_bytes = load_little<std::uint32_t>(in + 44);
  const auto kind = load_little<std::uint32_t>(in + 48);
  if (kind < 1 || kind > 4 || load_little<std::uint32_t>(in + 52) != 0) return std::nullopt;
  header.kind = static_cast<RecordKind>(kind);
  return header;
}

bool record_matches(BytesView header_bytes, BytesView payload) {
  const auto stored = load_little<std::uint32_t>(header_bytes.data() + kCrcOffset);
  const auto header_crc = crypto::crc32c(header_bytes.substr(kCoveredFrom, kRecordHeaderBytes - kCoveredFrom));
  return crypto::crc32c_update(header_crc, payload) == stored;
}

Result<std::unique_ptr<StoredRecord>> read_record(File& file, std::uint64_t segment, std::uint64_t offset, ReadBody body) {
  auto record = std::make_unique<StoredRecord>();
  record->offset = offset;
  Bytes& frame = record->frame;
  frame.resize(kFirstReadBytes);
  TRY(const std::size_t got, file.read(offset, frame));
  frame.resize(got);
  const auto header = parse_record_header(frame);
  if (!header || header->segment != segment) return nullptr;
  record->header = *header;
  const std::size_t frame_bytes = kRecordHeaderBytes + header->payload_bytes;
  if (frame_bytes > frame.size()) {
    // The length is not yet vouched for: look at the file before asking for so much memory.
    TRY(const std::uint64_t file_bytes, file.size());
    if (offset + frame_bytes > file_bytes) return nullptr;
    TRY(const bool whole, read_fully(file, offset, frame_bytes, frame));
    if (!whole) return nullptr;
  }
  frame.resize(frame_bytes);
  const BytesView payload = BytesView(frame).substr(kRecordHeaderBytes);
  if (!record_matches(frame, payload)) return nullptr;
  auto entry = parse_entry(payload);
  if (!entry || entry->body_bytes() != header->body_bytes) return nullptr;
  record->entry = *std::move(entry);
  if (body == ReadBody::kVerify && header->body_bytes > 0) {
    TRY(const bool whole, read_fully(file, record->body_offset(), header->body_bytes, record->body));
    if (!whole || !body_matches(record->entry, record->body)) return nullptr;
  }
  return record;
}

}  // namespace farshore::backend
