// SPDX-License-Identifier: Apache-2.0
// The rows of the index: keys and values.
//
//   key := 'p' bucket(8) index(2) 'r' row-key           a row:        version(8) value
//        | 'p' bucket(8) index(2) 'j' sequence(8)       journal:      committed(8) record
//        | 'p' bucket(8) index(2) 's'                   state:        last-sequence(8) high-water(8)
//        | 'p' bucket(8) index(2) 't'                   trimmed up to sequence(8)
//        | 'b' blob(8)                                  a blob:       BlobRow
//        | 'l' segment(8)                               a segment:    live(8) end(8) last-lsn(8)
//        | 'a'                                          applied:      lsn(8) epoch(8) segment(8) offset(8)
//
// Numbers in keys are big endian, so that they sort; numbers in values little endian.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "model/hybrid_time.h"
#include "model/ids.h"
#include "storage/partition.h"

namespace farshore::backend {

inline constexpr char kRowClass = 'r';
inline constexpr char kJournalClass = 'j';
inline constexpr char kStateClass = 's';
inline constexpr char kTrimClass = 't';

/// Begin of all rows of a partition; 11 bytes.
Bytes partition_prefix(PartitionId id);
Bytes class_prefix(PartitionId id, char row_class);
Bytes row_key(PartitionId id, BytesView key);
Bytes journal_key(PartitionId id, Sequence sequence);
Sequence journal_sequence(BytesView key);
Bytes blob_key(BlobId blob);
BlobId blob_of_key(BytesView key);
Bytes segment_key(std::uint64_t segment);
std::uint64_t segment_of_key(BytesView key);
inline Bytes applied_key() { return "a"; }

/// Splits the stored value of a row. Error: kCorrupt.
Result<storage::Row> parse_row(Bytes key, Bytes stored);
Bytes encode_row(Sequence version, BytesView value);
/// The version in front of a stored row.
std::optional<Sequence> stored_version(BytesView stored);

struct PartitionState {
  Sequence last_sequence;
  HybridTime high_water;
};
Bytes encode_state(const PartitionState& state);
Result<PartitionState> parse_state(BytesView stored);
Bytes encode_number(std::uint64_t number);
Result<std::uint64_t> parse_number(BytesView stored);

/// Where a blob's bytes are and how many commits own it.
///
///   0x01 length references crc(4) segment(8) offset(8)   inside a log record; crc of all of it
/// | 0x02 length references                               a file extents/<id>, which carries its checksums
/// | 0x03 length references byte*                         here: moving it out of its segment would cost more than it is
struct BlobRow {
  enum class Place : std::uint8_t { kSegment = 1, kExtent = 2, kRow = 3 };  ///< numbers are part of the format
  Place place = Place::kSegment;
  std::uint64_t length = 0;
  std::uint64_t references = 0;
  std::uint32_t crc = 0;
  std::uint64_t segment = 0;
  std::uint64_t offset = 0;
  Bytes bytes;  ///< of one that is here
  friend bool operator==(const BlobRow&, const BlobRow&) = default;
};
/// Contents up to here stand in their row.
inline constexpr std::uint64_t kTinyBytesMax = 256;
Bytes encode_blob(const BlobRow& row);
Result<BlobRow> parse_blob(BytesView stored);

/// What a segment holds.
struct SegmentUsage {
  std::uint64_t live_bytes = 0;  ///< bytes of blobs that are still owned
  std::uint64_t end = 0;         ///< offset behind its last record
  std::uint64_t last_lsn = 0;
  friend bool operator==(const SegmentUsage&, const SegmentUsage&) = default;
};
Bytes encode_segment(const SegmentUsage& usage);
Result<SegmentUsage> parse_segment(BytesView stored);

/// How far the index has followed the log: everything up to `lsn` is in it; the next record stands at or behind `offset`.
struct Applied {
  std::uint64_t lsn = 0;
  std::uint64_t epoch = 0;
  std::uint64_t segment = 0;
  std::uint64_t offset = 0;
};
Bytes encode_applied(const Applied& applied);
Result<Applied> parse_applied(BytesView stored);

}  // namespace farshore::backend
