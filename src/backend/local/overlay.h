// SPDX-License-Identifier: Apache-2.0
// Overlay: versions of rows that commits on their way to the disk will leave behind.
#pragma once

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/bytes.h"
#include "model/ids.h"

namespace farshore::backend {

/// Of one partition. Holds versions only: readers never see what is not durable. Loop thread only.
class Overlay {
 public:
  /// Whether a commit under way writes the row; then `version` is what it leaves (nothing: an erased row).
  bool find(const Bytes& key, std::optional<Sequence>& version) const {
    const auto found = rows_.find(key);
    if (found == rows_.end()) return false;
    version = found->second.erased ? std::nullopt : std::optional<Sequence>(found->second.sequence);
    return true;
  }
  bool contains(const Bytes& key) const { return rows_.contains(key); }
  /// Whether a commit under way writes some row in [begin, end); an empty end: no end. Looks at all of them.
  bool any_between(BytesView begin, BytesView end) const {
    return std::ranges::any_of(rows_, [&](const auto& row) { return row.first >= begin && (end.empty() || row.first < end); });
  }
  void set(const Bytes& key, Sequence sequence, bool erased) { rows_.insert_or_assign(key, Pending{sequence, erased}); }
  /// Whether the commit `sequence` erases the key; true as well if a later commit took its place here.
  bool erases(const Bytes& key, Sequence sequence) const {
    const auto found = rows_.find(key);
    return found == rows_.end() || found->second.sequence != sequence || found->second.erased;
  }
  /// The commit `sequence`, which wrote the key, is in the index now.
  void land(const Bytes& key, Sequence sequence) {
    const auto found = rows_.find(key);
    if (found != rows_.end() && found->second.sequence == sequence) rows_.erase(found);
  }
  void clear() { rows_.clear(); }
  std::size_t size() const { return rows_.size(); }

 private:
  struct Pending {
    Sequence sequence;
    bool erased;
  };
  std::unordered_map<Bytes, Pending> rows_;
};

}  // namespace farshore::backend
