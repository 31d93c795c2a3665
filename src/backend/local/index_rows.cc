// SPDX-License-Identifier: Apache-2.0
#include "backend/local/index_rows.h"

#include "backend/local/little_endian.h"
#include "storage/keys.h"

namespace farshore::backend {
namespace {

Error malformed(const char* what) { return Error(ErrorCode::kCorrupt, std::string("malformed index row: ") + what); }

Bytes numbered_key(char prefix, std::uint64_t number) {
  Bytes key(1, prefix);
  storage::append_big_endian(key, number, 8);
  return key;
}

}  // namespace

Bytes partition_prefix(PartitionId id) {
  Bytes key;
  key.reserve(12 + 32);
  key.push_back('p');
  storage::append_big_endian(key, id.bucket.get(), 8);
  storage::append_big_endian(key, id.index, 2);
  return key;
}

Bytes class_prefix(PartitionId id, char row_class) { return partition_prefix(id) + row_class; }

Bytes row_key(PartitionId id, BytesView key) {
  Bytes out = class_prefix(id, kRowClass);
  out.append(key);
  return out;
}

Bytes journal_key(PartitionId id, Sequence sequence) {
  Bytes key = class_prefix(id, kJournalClass);
  storage::append_big_endian(key, sequence.get(), 8);
  return key;
}

Sequence journal_sequence(BytesView key) { return Sequence(storage::read_big_endian(key.substr(key.size() - 8))); }

Bytes blob_key(BlobId blob) { return numbered_key('b', blob.get()); }
BlobId blob_of_key(BytesView key) { return BlobId(storage::read_big_endian(key.substr(1))); }
Bytes segment_key(std::uint64_t segment) { return numbered_key('l', segment); }
std::uint64_t segment_of_key(BytesView key) { return storage::read_big_endian(key.substr(1)); }

std::optional<Sequence> stored_version(BytesView stored) {
  if (stored.size() < 8) return std::nullopt;
  return Sequence(load_little<std::uint64_t>(stored.data()));
}

Bytes encode_row(Sequence version, BytesView value) {
  Bytes stored;
  stored.reserve(8 + value.size());
  append_little(stored, version.get());
  stored.append(value);
  return stored;
}

Result<storage::Row> parse_row(Bytes key, Bytes stored) {
  const auto version = stored_version(stored);
  if (!version) return malformed("row without version");
  stored.erase(0, 8);
  return storage::Row{std::move(key), std::move(stored), *version};
}

Bytes encode_state(const PartitionState& state) {
  Bytes out;
  append_little(out, state.last_sequence.get());
  append_little(out, state.high_water.value);
  return out;
}

Result<PartitionState> parse_state(BytesView stored) {
  ByteReader in(stored);
  PartitionState state;
  state.last_sequence = Sequence(in.little<std::uint64_t>());
  state.high_water.value = in.little<std::uint64_t>();
  if (!in.at_end()) return malformed("state of a partition");
  return state;
}

Bytes encode_number(std::uint64_t number) {
  Bytes out;
  append_little(out, number);
  return out;
}

Result<std::uint64_t> parse_number(BytesView stored) {
  ByteReader in(stored);
  const auto number = in.little<std::uint64_t>();
  if (!in.at_end()) return malformed("number");
  return number;
}

Bytes encode_blob(const BlobRow& row) {
  Bytes out;
  out.push_back(static_cast<char>(row.place));
  append_varint(out, row.length);
  append_varint(out, row.references);
  out += row.bytes;
  if (row.place != BlobRow::Place::kSegment) return out;
  append_little(out, row.crc);
  append_little(out, row.segment);
  append_little(out, row.offset);
  return out;
}

Result<BlobRow> parse_blob(BytesView stored) {
  ByteReader in(stored);
  BlobRow row;
  const auto kind = in.little<std::uint8_t>();
  if (kind < 1 || kind > 3) return malformed("blob");
  row.place = static_cast<BlobRow::Place>(kind);
  row.length = in.varint();
  row.references = in.varint();
  if (row.place == BlobRow::Place::kRow) row.bytes = in.take(row.length);
  if (row.place == BlobRow::Place::kSegment) {
    row.crc = in.little<std::uint32_t>();
    row.segment = in.little<std::uint64_t>();
    row.offset = in.little<std::uint64_t>();
  }
  if (!in.at_end()) return malformed("blob");
  return row;
}

Bytes encode_segment(const SegmentUsage& usage) {
  Bytes out;
  append_little(out, usage.live_bytes);
  append_little(out, usage.end);
  append_little(out, usage.last_lsn);
  return out;
}

Result<SegmentUsage> parse_segment(BytesView stored) {
  ByteReader in(stored);
  SegmentUsage usage;
  usage.live_bytes = in.little<std::uint64_t>();
  usage.end = in.little<std::uint64_t>();
  usage.last_lsn = in.little<std::uint64_t>();
  if (!in.at_end()) return malformed("segment");
  return usage;
}

Bytes encode_applied(const Applied& applied) {
  Bytes out;
  append_little(out, applied.lsn);
  append_little(out, applied.epoch);
  append_little(out, applied.segment);
  append_little(out, applied.offset);
  return out;
}

Result<Applied> parse_applied(BytesView stored) {
  ByteReader in(stored);
  Applied applied;
  applied.lsn = in.little<std::uint64_t>();
  applied.epoch = in.little<std::uint64_t>();
  applied.segment = in.little<std::uint64_t>();
  applied.offset = in.little<std::uint64_t>();
  if (!in.at_end()) return malformed("applied position");
  return applied;
}

}  // namespace farshore::backend
