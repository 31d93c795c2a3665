// SPDX-License-Identifier: Apache-2.0
#include "backend/local/recovery.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "backend/local/extent.h"
#include "backend/local/superblock.h"
#include "storage/keys.h"

namespace farshore::backend {
namespace {

constexpr std::size_t kReplayBatchBytes = 1u << 20;

using Segments = std::map<std::uint64_t, std::shared_ptr<File>>;

std::optional<std::uint64_t> parse_hex(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

struct LogDirectory {
  Segments segments;
  std::vector<std::string> spares;
};

Result<LogDirectory> read_log_directory(FileSystem& files) {
  LogDirectory found;
  TRY(const auto names, files.list(kLogDirectory));
  for (const std::string& name : names) {
    if (name.starts_with("spare-")) found.spares.push_back(name);
    if (!name.starts_with("seg-")) continue;
    const auto segment = parse_hex(std::string_view(name).substr(4));
    if (!segment) continue;
    TRY(found.segments[*segment], files.open(segment_path(*segment), OpenMode::kReadWrite));
  }
  return found;
}

Result<std::map<std::uint64_t, SegmentUsage>> read_usage(OrderedIndex& index) {
  std::map<std::uint64_t, SegmentUsage> usage;
  IndexRange range;
  range.begin = "l";
  range.end = "m";
  for (bool more = true; more;) {
    TRY(const IndexPage page, index.scan(range));
    for (const auto& [key, value] : page.rows) {
      TRY(usage[segment_of_key(key)], parse_segment(value));
      range.begin = key + '\0';
    }
    more = page.more;
  }
  return usage;
}

/// Walks the records of one epoch from where the index stands.
class Replay {
 public:
  Replay(const Segments& segments, const Applied& from)
      : segments_(segments), epoch_(from.epoch), segment_(from.segment), offset_(from.offset), expected_(from.lsn + 1) {}

  /// The next record, or null at the end of the log.
  Result<std::unique_ptr<StoredRecord>> next() {
    TRY(auto record, at(segment_, offset_));
    if (!record && align_up(offset_, kGroupAlignment) != offset_) {
      TRY(record, at(segment_, align_up(offset_, kGroupAlignment)));
    }
    if (!record) {
      const auto following = segments_.upper_bound(segment_);
      if (following == segments_.end()) return nullptr;
      TRY(record, at(following->first, 0));
      if (!record) return nullptr;
      segment_ = following->first;
    }
    offset_ = record->end();
    ++expected_;
    return record;
  }

  /// kCorrupt if anything behind the end was written after the missing record had been synced.
  Result<void> check_nothing_follows() {
    for (auto segment = segments_.lower_bound(segment_); segment != segments_.end(); ++segment) {
      TRY_OK(search(segment->first, *segment->second, segment->first == segment_ ? offset_ : 0));
    }
    return {};
  }

 private:
  Result<std::unique_ptr<StoredRecord>> at(std::uint64_t segment, std::uint64_t offset) {
    const auto file = segments_.find(segment);
    if (file == segments_.end()) return nullptr;
    TRY(auto record, read_record(*file->second, segment, offset, ReadBody::kVerify));
    if (record && (record->header.epoch != epoch_ || record->header.lsn != expected_)) record.reset();
    return record;
  }

  Result<void> search(std::uint64_t segment, File& file, std::uint64_t from) {
    constexpr std::size_t kWindow = 1u << 20;
    Bytes window(kWindow + kRecordHeaderBytes, '\0');
    for (std::uint64_t base = align_up(from, 8);; base += kWindow) {
      TRY(const std::size_t got, file.read(base, window));
      const BytesView view = BytesView(window).substr(0, got);
      for (std::size_t at = 0; at + kRecordHeaderBytes <= got && at < kWindow; at += 8) {
        const auto header = parse_record_header(view.substr(at));
        if (!header || header->segment != segment || header->epoch != epoch_ || header->synced < expected_) continue;
        TRY(const auto record, read_record(file, segment, base + at, ReadBody::kSkip));
        if (!record) continue;
        return Error(ErrorCode::kCorrupt,
                     fmt::format("the log is damaged: record {} (segment {:x} near offset {}) cannot be read, but record {} at offset {} of segment "
                                 "{:x} was written after it had been synced; nothing was changed",
                                 expected_, segment_, offset_, header->lsn, base + at, segment))
            .with("path", segment_path(segment_));
      }
      if (got < window.size()) return {};
    }
  }

  const Segments& segments_;
  std::uint64_t epoch_;
  std::uint64_t segment_;
  std::uint64_t offset_;
  std::uint64_t expected_;
};

Applier::Place place_of(const StoredRecord& record) {
  return {record.header.lsn, record.header.epoch, record.header.segment, record.body_offset(), record.end()};
}

/// Applies what is known to be synced, and gives the records of the last group, which may not be.
Result<std::vector<std::unique_ptr<StoredRecord>>> replay(Replay& log, Applier& applier) {
  std::vector<std::unique_ptr<StoredRecord>> doubtful;
  while (true) {
    TRY(auto record, log.next());
    if (!record) break;
    if (!doubtful.empty() && record->header.synced >= doubtful.back()->header.lsn) {
      for (const auto& synced : doubtful) TRY_OK(applier.add(synced->header.kind, synced->entry, place_of(*synced)));
      doubtful.clear();
      if (applier.batch_bytes() > kReplayBatchBytes) TRY_OK(applier.write());
    }
    doubtful.push_back(std::move(record));
  }
  TRY_OK(log.check_nothing_follows());
  return doubtful;
}

/// Writes the last group again, in the new epoch. What can be read now may stand in memory only (a failed sync, a killed
/// process); shown to readers before it is safe, it could vanish with the next power cut.
Result<void> write_again(std::vector<std::unique_ptr<StoredRecord>> records, SegmentLog& log, Applier& applier) {
  std::vector<RecordDraft> drafts;
  std::vector<RecordDraft*> group;
  drafts.reserve(records.size());
  for (auto& record : records) {
    RecordDraft draft;
    draft.kind = record->header.kind;
    draft.body_bytes = record->header.body_bytes;
    draft.frame = record->frame;
    draft.bodies.push_back(Buffer(std::move(record->body)));
    drafts.push_back(std::move(draft));
    group.push_back(&drafts.back());
  }
  TRY_OK(log.append(group));
  for (const RecordDraft& draft : drafts) {
    TRY(const LogEntry entry, parse_entry(draft.payload()));
    TRY_OK(applier.add(draft.kind, entry, {draft.header.lsn, draft.header.epoch, draft.header.segment, draft.body_offset(), draft.end()}));
  }
  return applier.write();
}

/// Gives back segments that hold nothing, and checks that those that hold something are there.
Result<void> settle_segments(Segments& segments, SegmentLog& log, Applier& applier) {
  std::vector<std::uint64_t> dead;
  for (const auto& [segment, usage] : applier.usage()) {
    if (segments.contains(segment) || segment == log.segment()) continue;
    if (usage.live_bytes > 0) {
      return Error(ErrorCode::kCorrupt, "a segment of the log is missing").with("path", segment_path(segment));
    }
    dead.push_back(segment);
  }
  for (auto it = segments.begin(); it != segments.end();) {
    const auto usage = applier.usage().find(it->first);
    if (usage != applier.usage().end() && usage->second.live_bytes > 0) {
      ++it;
      continue;
    }
    if (usage != applier.usage().end()) dead.push_back(it->first);
    TRY_OK(log.recycle(it->first, it->second));
    it = segments.erase(it);
  }
  for (const std::uint64_t segment : dead) TRY_OK(applier.forget_segment(segment));
  return {};
}

}  // namespace

Result<Recovered> recover(FileSystem& files, OrderedIndex& index, const LocalSettings& settings, RegionNumber region) {
  for (const char* directory : {"meta", kLogDirectory, kExtentDirectory}) TRY_OK(files.make_directories(directory));
  TRY_OK(files.sync_directory("."));
  TRY(LogDirectory directory, read_log_directory(files));
  TRY(const auto known, read_superblock(files));
  if (!known && !directory.segments.empty()) return Error(ErrorCode::kCorrupt, "the store has a log but no superblock");
  if (known && known->region != region) {
    return Error(ErrorCode::kInvalidArgument, fmt::format("this directory belongs to region number {}", known->region.get()));
  }
  const Superblock superblock{region, known ? known->epoch + 1 : 1};
  TRY_OK(write_superblock(files, superblock));

  Applied applied;
  TRY(const auto stored, index.get(applied_key()));
  if (stored) {
    TRY(applied, parse_applied(*stored));
  } else {
    for (const auto& [segment, file] : directory.segments) {
      TRY(const auto record, read_record(*file, segment, 0, ReadBody::kSkip));
      if (record) return Error(ErrorCode::kCorrupt, "the store has a log but its index is empty");
    }
  }
  TRY(auto usage, read_usage(index));

  Recovered result;
  result.epoch = superblock.epoch;
  result.applier = std::make_unique<Applier>(index, std::move(usage), applied);
  Replay log(directory.segments, applied);
  TRY(auto last_group, replay(log, *result.applier));
  TRY_OK(result.applier->write());
  const std::uint64_t lsn = result.applier->applied().lsn;
  result.replayed = lsn - applied.lsn + last_group.size();

  const std::uint64_t next_segment = std::max(directory.segments.empty() ? 0 : directory.segments.rbegin()->first, applied.segment) + 1;
  result.log = std::make_unique<SegmentLog>(files, settings, SegmentLog::Position{superblock.epoch, lsn + 1, next_segment});
  if (!last_group.empty()) {
    TRY_OK(write_again(std::move(last_group), *result.log, *result.applier));
  } else {
    result.applier->move_to(Applied{lsn, superblock.epoch, next_segment, 0});
    TRY_OK(result.applier->write());
  }
  // From here on the old epoch is history: the durable index stands in the new one.
  TRY_OK(index.flush());
  for (const std::string& spare : directory.spares) {
    TRY(std::shared_ptr<File> file, files.open(std::string(kLogDirectory) + "/" + spare, OpenMode::kReadWrite));
    TRY_OK(result.log->add_spare(std::string(kLogDirectory) + "/" + spare, std::move(file)));
  }
  TRY_OK(settle_segments(directory.segments, *result.log, *result.applier));
  for (const SegmentLog::Opened& opened : result.log->take_opened()) directory.segments[opened.segment] = opened.file;
  result.segments = std::move(directory.segments);
  TRY(result.free_bytes, files.free_bytes());
  return result;
}

Result<std::uint64_t> remove_orphans(FileSystem& files, OrderedIndex& index, std::uint64_t epoch) {
  std::uint64_t removed = 0;
  TRY(const auto names, files.list(kExtentDirectory));
  for (const std::string& name : names) {
    const auto number = parse_hex(name);
    if (!number || blob_epoch(BlobId(*number)) >= epoch) continue;
    TRY(const auto row, index.get(blob_key(BlobId(*number))));
    if (row) continue;
    TRY_OK(files.remove(extent_path(BlobId(*number))));
    ++removed;
  }
  return removed;
}

}  // namespace farshore::backend
