// SPDX-License-Identifier: Apache-2.0
// RecentRows: what the index said of a few rows a moment ago, so that deciding under them does not ask it again.
#pragma once

#include <optional>
#include <unordered_map>

#include "base/bytes.h"
#include "model/ids.h"
#include "storage/partition.h"

namespace farshore::backend {

/// Of one partition. Filled by reads that were answered from memory in the same loop turn, corrected by every commit that lands;
/// so an entry is never older than the index. A request reads the guard and its key's head, and its commit expects both:
/// this turns four look-ups into two. Bounded by entries and value size. Loop thread only.
class RecentRows {
 public:
  struct Entry {
    std::optional<Sequence> version;  ///< nothing: the row is absent
    std::optional<Bytes> value;       ///< nothing: only the version is known
  };
  const Entry* find(const Bytes& key) const {
    const auto found = rows_.find(key);
    return found == rows_.end() ? nullptr : &found->second;
  }
  void absent(const Bytes& key) { room().insert_or_assign(key, Entry{}); }
  void present(const storage::Row& row) {
    std::optional<Bytes> value;
    if (row.value.size() <= kValueBytesMax) value = row.value;
    room().insert_or_assign(row.key, Entry{row.version, std::move(value)});
  }
  /// The commit `sequence` wrote the row (or erased it) and is in the index now. A read may have seen a later one already.
  void landed(const Bytes& key, Sequence sequence, bool erased) {
    const auto found = rows_.find(key);
    if (found == rows_.end()) return;
    if (erased) {
      rows_.erase(found);
    } else if (!found->second.version || sequence > *found->second.version) {
      found->second = Entry{sequence, std::nullopt};
    }
  }
  void clear() { rows_.clear(); }

 private:
  static constexpr std::size_t kEntriesMax = 256;
  static constexpr std::size_t kValueBytesMax = 2048;
  std::unordered_map<Bytes, Entry>& room() {
    if (rows_.size() >= kEntriesMax) rows_.clear();
    return rows_;
  }
  std::unordered_map<Bytes, Entry> rows_;
};

}  // namespace farshore::backend
