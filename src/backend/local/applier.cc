// SPDX-License-Identifier: Apache-2.0
#include "backend/local/applier.h"

#include "backend/local/little_endian.h"
#include "storage/keys.h"

namespace farshore::backend {

Result<void> Applier::add(RecordKind kind, const LogEntry& entry, const Place& place) {
  switch (kind) {
    case RecordKind::kCommit:
      apply_rows(entry);
      TRY_OK(apply_blobs(entry, place));
      break;
    case RecordKind::kTrim:
      batch_.put({class_prefix(entry.partition, kTrimClass)}, {encode_number(entry.sequence.get())});
      break;
    case RecordKind::kDrop: TRY_OK(drop(entry.partition)); break;
    case RecordKind::kMove: TRY_OK(apply_blobs(entry, place)); break;
  }
  SegmentUsage& here = touch(place.segment);
  here.end = place.end;
  here.last_lsn = place.lsn;
  applied_ = Applied{place.lsn, place.epoch, place.segment, place.end};
  return {};
}

void Applier::apply_rows(const LogEntry& entry) {
  char version[8];
  store_little(version, entry.sequence.get());
  const BytesView version_view(version, sizeof version);
  const Bytes prefix = class_prefix(entry.partition, kRowClass);
  for (const LogEntry::Mutation& mutation : entry.mutations) {
    if (mutation.value) {
      batch_.put({prefix, mutation.key}, {version_view, *mutation.value});
    } else {
      batch_.erase({prefix, mutation.key});
    }
  }
  if (entry.journal) {
    char committed[8];
    store_little(committed, entry.committed.value);
    batch_.put({journal_key(entry.partition, entry.sequence)}, {BytesView(committed, sizeof committed), *entry.journal});
  }
  states_[entry.partition] = PartitionState{entry.sequence, entry.high_water};
}

Result<void> Applier::apply_blobs(const LogEntry& entry, const Place& place) {
  std::uint64_t body = place.body_offset;
  for (const BlobEntry& change : entry.blobs) {
    BlobRow row;
    row.length = change.length;
    row.references = 1;
    row.crc = change.crc;
    row.segment = place.segment;
    row.offset = body;
    if (change.in_body()) body += change.length;
    switch (change.kind) {
      case BlobEntry::Kind::kInline:
        touch(place.segment).live_bytes += change.length;
        put_blob(change.blob, row);
        break;
      case BlobEntry::Kind::kExtent:
      case BlobEntry::Kind::kTiny: {
        BlobRow elsewhere;
        elsewhere.place = change.kind == BlobEntry::Kind::kExtent ? BlobRow::Place::kExtent : BlobRow::Place::kRow;
        elsewhere.length = change.length;
        elsewhere.references = 1;
        elsewhere.bytes = change.bytes;
        put_blob(change.blob, std::move(elsewhere));
        break;
      }
      case BlobEntry::Kind::kReferences: {
        TRY(auto known, blob(change.blob));
        if (!known) break;
        known->references = change.references;
        if (change.references == 0) {
          free_blob(change.blob, *known);
        } else {
          put_blob(change.blob, *std::move(known));
        }
        break;
      }
      case BlobEntry::Kind::kMoved: {
        TRY(auto known, blob(change.blob));
        // Freed or moved by an earlier record: the copy in this record is dead from the start.
        if (!known || known->place != BlobRow::Place::kSegment || known->segment != change.old_segment || known->offset != change.old_offset) break;
        touch(known->segment).live_bytes -= known->length;
        touch(place.segment).live_bytes += change.length;
        row.references = known->references;
        put_blob(change.blob, row);
        break;
      }
    }
  }
  return {};
}

Result<void> Applier::drop(PartitionId id) {
  // Changes of earlier records must reach the index first, or they would come back behind the erasure.
  TRY_OK(write());
  IndexRange range;
  range.begin = partition_prefix(id);
  range.end = storage::prefix_end(range.begin);
  for (bool more = true; more;) {
    TRY(const IndexPage page, index_.scan(range));
    IndexBatch erasures;
    for (const auto& [key, value] : page.rows) erasures.erase({key});
    if (erasures.size() > 0) TRY_OK(index_.write(erasures));
    more = page.more;
  }
  return {};
}

Result<void> Applier::write() {
  for (const auto& [id, state] : states_) batch_.put({class_prefix(id, kStateClass)}, {encode_state(state)});
  for (const auto& [id, row] : blobs_) {
    if (row) {
      batch_.put({blob_key(id)}, {encode_blob(*row)});
    } else {
      batch_.erase({blob_key(id)});
    }
  }
  for (const auto& [segment, usage] : batch_usage_) {
    batch_.put({segment_key(segment)}, {encode_segment(usage)});
    usage_[segment] = usage;
    outcome_.touched[segment] = usage;
  }
  batch_.put({applied_key()}, {encode_applied(applied_)});
  auto written = index_.write(batch_);
  batch_.clear();
  states_.clear();
  blobs_.clear();
  batch_usage_.clear();
  return written;
}

Result<void> Applier::forget_segment(std::uint64_t segment) {
  usage_.erase(segment);
  IndexBatch batch;
  batch.erase({segment_key(segment)});
  return index_.write(batch);
}

Result<std::optional<BlobRow>> Applier::blob(BlobId id) {
  if (const auto known = blobs_.find(id); known != blobs_.end()) return known->second;
  TRY(const auto stored, index_.get(blob_key(id)));
  if (!stored) return std::nullopt;
  TRY(const BlobRow row, parse_blob(*stored));
  return row;
}

void Applier::put_blob(BlobId id, BlobRow row) { blobs_[id] = std::move(row); }

void Applier::free_blob(BlobId id, const BlobRow& row) {
  blobs_[id] = std::nullopt;
  if (row.place == BlobRow::Place::kExtent) outcome_.freed_extents.push_back(id);
  if (row.place == BlobRow::Place::kSegment) touch(row.segment).live_bytes -= row.length;
}

SegmentUsage& Applier::touch(std::uint64_t segment) {
  const auto [entry, fresh] = batch_usage_.try_emplace(segment);
  if (fresh) entry->second = usage_[segment];
  return entry->second;
}

}  // namespace farshore::backend
