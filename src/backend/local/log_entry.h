// SPDX-License-Identifier: Apache-2.0
// LogEntry: the payload of a log record: one commit, one trim, one drop, or bodies moved by compaction.
//
//   payload    := bucket(8) index(2) sequence(8) committed(8) high-water(8)
//                 count mutation*  has-journal(1) [bytes]  count blob*
//   mutation   := 0x01 bytes(key) bytes(value) | 0x00 bytes(key)
//   blob       := 0x01 id(8) length crc(4)                        adopted, its bytes are next in the body
//               | 0x02 id(8) length                               adopted, its bytes are an extent file
//               | 0x03 id(8) references                           so many references from now on; 0: freed
//               | 0x04 id(8) length crc(4) segment(8) offset(8)   moved from there, its bytes are next in the body
//               | 0x05 id(8) bytes                                adopted, its bytes are these
//   bytes      := length byte*
//
// Numbers with a width are little endian; length, count and references are varints (7 bits a byte, lowest first).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "model/hybrid_time.h"
#include "model/ids.h"

namespace farshore::backend {

/// Numbers are part of the format.
enum class RecordKind : std::uint32_t {
  kCommit = 1,
  kTrim = 2,  ///< journal entries up to `sequence` are dropped
  kDrop = 3,  ///< everything of the partition is erased
  kMove = 4,  ///< blobs only; what has been freed or moved meanwhile stays so
};

struct BlobEntry {
  /// Numbers are part of the format.
  enum class Kind : std::uint8_t { kInline = 1, kExtent = 2, kReferences = 3, kMoved = 4, kTiny = 5 };
  Kind kind = Kind::kInline;
  BlobId blob;
  std::uint64_t length = 0;
  std::uint32_t crc = 0;
  std::uint64_t references = 0;
  std::uint64_t old_segment = 0;
  std::uint64_t old_offset = 0;
  BytesView bytes;  ///< of a tiny one

  /// Whether its bytes stand in the record's body.
  bool in_body() const { return kind == Kind::kInline || kind == Kind::kMoved; }
};

/// Views are valid as long as the bytes they were taken from.
struct LogEntry {
  struct Mutation {
    BytesView key;
    std::optional<BytesView> value;
  };
  PartitionId partition;
  Sequence sequence;
  HybridTime committed;
  HybridTime high_water;
  std::vector<Mutation> mutations;
  std::optional<BytesView> journal;
  std::vector<BlobEntry> blobs;

  std::uint64_t body_bytes() const;
};

void append_entry(Bytes& out, const LogEntry& entry);
/// kCorrupt if the bytes are not exactly one payload.
Result<LogEntry> parse_entry(BytesView payload);

}  // namespace farshore::backend
