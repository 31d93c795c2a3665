// SPDX-License-Identifier: Apache-2.0
// SegmentLog: appends groups of records to segment files, one write and one sync each.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "backend/local/segment_record.h"
#include "backend/local/settings.h"
#include "base/bytes.h"
#include "runtime/file_system.h"

namespace farshore::backend {

inline constexpr const char* kLogDirectory = "log";
std::string segment_path(std::uint64_t segment);
/// `number`: a segment number for recycled ones; fresh ones count from the top, so that the two never meet.
std::string spare_path(std::uint64_t epoch, std::uint64_t number);

/// A record on its way into the log. Its bytes must not change until append() has returned.
struct RecordDraft {
  RecordKind kind = RecordKind::kCommit;
  Bytes frame;                 ///< room for the header, then the payload
  std::vector<Buffer> bodies;  ///< the body in pieces
  std::uint32_t body_bytes = 0;
  RecordHeader header;       ///< set by append
  std::uint64_t offset = 0;  ///< set by append

  /// Starts a draft from an entry and the pieces of its body.
  static RecordDraft of(RecordKind kind, const LogEntry& entry, std::vector<Buffer> bodies);
  BytesView payload() const { return BytesView(frame).substr(kRecordHeaderBytes); }
  std::uint64_t bytes() const { return frame.size() + body_bytes; }
  std::uint64_t body_offset() const { return offset + frame.size(); }
  std::uint64_t end() const { return offset + header.total_bytes(); }
};

/// The writing end of the log, for one epoch. Disk worker only.
///
/// 1. Only the last segment is written, and only behind its last group.
/// 2. A group starts at a multiple of kGroupAlignment and lies in one segment; one that fits in no segment gets a longer one.
/// 3. After an error with Effect::kMaybeApplied nothing is ever written again: the epoch has ended.
class SegmentLog {
 public:
  struct Position {
    std::uint64_t epoch = 1;
    std::uint64_t next_lsn = 1;
    std::uint64_t next_segment = 1;  ///< no file with this number or a higher one exists
  };
  struct Opened {
    std::uint64_t segment = 0;
    std::shared_ptr<File> file;
  };

  SegmentLog(FileSystem& files, const LocalSettings& settings, Position position)
      : files_(files), settings_(settings), position_(position) {}

  /// Writes and syncs the records as one group. Errors: kStorageFull with Effect::kNone: nothing was written, the log goes on;
  /// kStorageUnavailable with Effect::kMaybeApplied: the epoch has ended.
  Result<void> append(std::span<RecordDraft* const> group);
  /// Segments opened since the last call.
  std::vector<Opened> take_opened() { return std::exchange(opened_, {}); }

  /// Keeps the file of a dead segment for later, or removes it.
  Result<void> recycle(std::uint64_t segment, std::shared_ptr<File> file);
  /// Writes a file full of zeros, to be a segment later. Any worker; touches nothing of the log.
  static Result<std::shared_ptr<File>> write_spare(FileSystem& files, const std::string& path, std::uint64_t bytes);
  Result<void> add_spare(std::string path, std::shared_ptr<File> file);
  std::size_t spares() const { return spares_.size(); }
  std::uint64_t segment() const { return current_.segment; }

 private:
  struct Spare {
    std::string path;
    std::shared_ptr<File> file;
  };
  Result<void> make_room(std::uint64_t bytes);
  Result<void> open_segment();
  Error ended(const Error& cause);

  FileSystem& files_;
  const LocalSettings& settings_;
  Position position_;
  Opened current_;
  std::uint64_t end_ = 0;        ///< behind the last group
  std::uint64_t allocated_ = 0;  ///< size of the current file
  bool directory_dirty_ = false;
  bool ended_ = false;
  std::vector<Spare> spares_;
  std::vector<Opened> opened_;
};

}  // namespace farshore::backend
