// SPDX-License-Identifier: Apache-2.0
#include "backend/local/log_entry.h"

#include "backend/local/little_endian.h"

namespace farshore::backend {
namespace {

void append_bytes(Bytes& out, BytesView bytes) {
  append_varint(out, bytes.size());
  out.append(bytes);
}

void append_blob(Bytes& out, const BlobEntry& blob) {
  out.push_back(static_cast<char>(blob.kind));
  append_little(out, blob.blob.get());
  if (blob.kind == BlobEntry::Kind::kReferences) {
    append_varint(out, blob.references);
    return;
  }
  append_varint(out, blob.length);
  out.append(blob.bytes);
  if (blob.in_body()) append_little(out, blob.crc);
  if (blob.kind == BlobEntry::Kind::kMoved) {
    append_little(out, blob.old_segment);
    append_little(out, blob.old_offset);
  }
}

std::optional<BlobEntry> read_blob(ByteReader& in) {
  BlobEntry blob;
  const auto kind = in.little<std::uint8_t>();
  if (kind < 1 || kind > 5) return std::nullopt;
  blob.kind = static_cast<BlobEntry::Kind>(kind);
  blob.blob = BlobId(in.little<std::uint64_t>());
  if (blob.kind == BlobEntry::Kind::kReferences) {
    blob.references = in.varint();
    return blob;
  }
  blob.length = in.varint();
  if (blob.kind == BlobEntry::Kind::kTiny) blob.bytes = in.take(blob.length);
  if (blob.in_body()) blob.crc = in.little<std::uint32_t>();
  if (blob.kind == BlobEntry::Kind::kMoved) {
    blob.old_segment = in.little<std::uint64_t>();
    blob.old_offset = in.little<std::uint64_t>();
  }
  return blob;
}

}  // namespace

std::uint64_t LogEntry::body_bytes() const {
  std::uint64_t total = 0;
  for (const BlobEntry& blob : blobs) total += blob.in_body() ? blob.length : 0;
  return total;
}

void append_entry(Bytes& out, const LogEntry& entry) {
  append_little(out, entry.partition.bucket.get());
  append_little(out, entry.partition.index);
  append_little(out, entry.sequence.get());
  append_little(out, entry.committed.value);
  append_little(out, entry.high_water.value);
  append_varint(out, entry.mutations.size());
  for (const LogEntry::Mutation& mutation : entry.mutations) {
    out.push_back(mutation.value ? 1 : 0);
    append_bytes(out, mutation.key);
    if (mutation.value) append_bytes(out, *mutation.value);
  }
  out.push_back(entry.journal ? 1 : 0);
  if (entry.journal) append_bytes(out, *entry.journal);
  append_varint(out, entry.blobs.size());
  for (const BlobEntry& blob : entry.blobs) append_blob(out, blob);
}

Result<LogEntry> parse_entry(BytesView payload) {
  const Error malformed(ErrorCode::kCorrupt, "the payload of a log record is malformed");
  ByteReader in(payload);
  LogEntry entry;
  entry.partition.bucket = BucketId(in.little<std::uint64_t>());
  entry.partition.index = in.little<std::uint16_t>();
  entry.sequence = Sequence(in.little<std::uint64_t>());
  entry.committed.value = in.little<std::uint64_t>();
  entry.high_water.value = in.little<std::uint64_t>();
  const std::uint64_t mutations = in.varint();
  if (mutations > in.left()) return malformed;
  entry.mutations.reserve(mutations);
  for (std::uint64_t i = 0; i < mutations && in.ok(); ++i) {
    const auto put = in.little<std::uint8_t>();
    if (put > 1) return malformed;
    LogEntry::Mutation mutation;
    mutation.key = in.take(in.varint());
    if (put == 1) mutation.value = in.take(in.varint());
    entry.mutations.push_back(mutation);
  }
  const auto has_journal = in.little<std::uint8_t>();
  if (has_journal > 1) return malformed;
  if (has_journal == 1) entry.journal = in.take(in.varint());
  const std::uint64_t blobs = in.varint();
  if (blobs > in.left()) return malformed;
  entry.blobs.reserve(blobs);
  std::uint64_t body = 0;
  for (std::uint64_t i = 0; i < blobs && in.ok(); ++i) {
    const auto blob = read_blob(in);
    if (!blob) return malformed;
    // A record's body is below 4 GiB; checked piece by piece, so that the sum cannot wrap.
    if (blob->in_body() && (blob->length > UINT32_MAX || (body += blob->length) > UINT32_MAX)) return malformed;
    entry.blobs.push_back(*blob);
  }
  if (!in.at_end()) return malformed;
  return entry;
}

}  // namespace farshore::backend
