// SPDX-License-Identifier: Apache-2.0
// SegmentRecord's frame: what stands around every entry of the segment log.
//
//   record  := header payload body padding          padding: zeros to a multiple of 8
//   header  := magic(4)        "FSR1"
//              crc(4)          CRC-32C of the header from `segment` on, and of the payload
//              segment(8)      number of the segment the record was written into
//              epoch(8)        number of the store's start
//              lsn(8)          rises by one with every record, over all segments and epochs
//              synced(8)       every record up to this lsn was known to be synced when this one was written
//              payload-bytes(4) body-bytes(4) kind(4) zero(4)
//
// All numbers are little endian. The body is covered by the checksums of the blobs in it, which stand in the payload
// (log_entry.h). A group of records is one write; it starts at a multiple of 512, so that no sector ever holds both synced
// and unsynced records. Described for readers in docs/formats/segment-log.md.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "backend/local/log_entry.h"
#include "base/bytes.h"
#include "base/result.h"
#include "runtime/file_system.h"

namespace farshore::backend {

inline constexpr std::size_t kRecordHeaderBytes = 56;
inline constexpr std::size_t kGroupAlignment = 512;

struct RecordHeader {
  std::uint64_t segment = 0;
  std::uint64_t epoch = 0;
  std::uint64_t lsn = 0;
  std::uint64_t synced = 0;
  std::uint32_t payload_bytes = 0;
  std::uint32_t body_bytes = 0;
  RecordKind kind = RecordKind::kCommit;

  /// With header and padding.
  std::uint64_t total_bytes() const;
};

inline std::uint64_t align_up(std::uint64_t value, std::uint64_t alignment) { return (value + alignment - 1) / alignment * alignment; }

/// Writes the header into the first kRecordHeaderBytes of `frame`, whose rest is the payload; computes the checksum.
void seal_record(const RecordHeader& header, Bytes& frame);
/// Nothing if the bytes (at least a header's) do not begin with a header. The checksum is not looked at.
std::optional<RecordHeader> parse_record_header(BytesView bytes);
/// Whether the checksum of a header (bytes as stored) and its payload is right.
bool record_matches(BytesView header_bytes, BytesView payload);

/// A record read back and found whole.
struct StoredRecord {
  RecordHeader header;
  std::uint64_t offset = 0;  ///< of the header in its segment
  Bytes frame;               ///< header and payload
  LogEntry entry;            ///< views into `frame`
  Bytes body;                ///< empty unless it was asked for

  std::uint64_t body_offset() const { return offset + kRecordHeaderBytes + header.payload_bytes; }
  std::uint64_t end() const { return offset + header.total_bytes(); }
};

enum class ReadBody : unsigned char { kVerify, kSkip };

/// Reads the record of `segment` at `offset`. Null if none stands there whole: wrong magic, segment, checksum or length.
/// kVerify reads the body and checks its blobs' checksums; kSkip leaves it alone. Blocking. Error: kStorageUnavailable.
Result<std::unique_ptr<StoredRecord>> read_record(File& file, std::uint64_t segment, std::uint64_t offset, ReadBody body);

}  // namespace farshore::backend
