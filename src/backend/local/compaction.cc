// SPDX-License-Identifier: Apache-2.0
#include "backend/local/compaction.h"

#include "backend/local/index_rows.h"
#include "backend/local/segment_record.h"
#include "crypto/crc32c.h"

namespace farshore::backend {
namespace {

constexpr std::uint64_t kEnoughBytes = 1u << 20;
/// Dead stretches are walked in pieces too, so that closing never waits long.
constexpr int kEnoughRecords = 4096;

}  // namespace

Result<LiveBodies> SegmentWalk::next() {
  LiveBodies live;
  for (int records = 0; records < kEnoughRecords && !at_end() && live.bytes < kEnoughBytes; ++records) {
    TRY(auto record, read_record(*file_, segment_, offset_, ReadBody::kSkip));
    if (!record && align_up(offset_, kGroupAlignment) != offset_) {
      offset_ = align_up(offset_, kGroupAlignment);
      TRY(record, read_record(*file_, segment_, offset_, ReadBody::kSkip));
    }
    if (!record) {
      live.damaged = true;
      live.damaged_at = offset_;
      return live;
    }
    std::uint64_t at = record->body_offset();
    offset_ = record->end();
    for (const BlobEntry& blob : record->entry.blobs) {
      if (!blob.in_body()) continue;
      const std::uint64_t here = at;
      at += blob.length;
      TRY(const auto stored, index_.get(blob_key(blob.blob)));
      if (!stored) continue;
      TRY(const BlobRow row, parse_blob(*stored));
      if (row.place != BlobRow::Place::kSegment || row.segment != segment_ || row.offset != here) continue;
      Bytes body(blob.length, '\0');
      TRY(const std::size_t got, file_->read(here, body));
      if (got != blob.length || crypto::crc32c(body) != blob.crc) {
        live.damaged = true;
        live.damaged_at = here;
        return live;
      }
      BlobEntry moved = blob;
      moved.kind = BlobEntry::Kind::kMoved;
      moved.old_segment = segment_;
      moved.old_offset = here;
      live.entry.blobs.push_back(moved);
      live.bodies.push_back(Buffer(std::move(body)));
      live.bytes += blob.length;
    }
  }
  return live;
}

}  // namespace farshore::backend
