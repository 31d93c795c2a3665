// SPDX-License-Identifier: Apache-2.0
// HistoryWalk: which keys of a walk over the bucket are under way, and up to where everything is settled.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace farshore::replication {

/// Bookkeeping of one walk at a time; it neither reads the bucket (HistoricalScan) nor stores anything (Checkpoint). Owned by a RuleTask, loop thread only.
class HistoryWalk {
 public:
  /// Starts over behind `key`; empty: at the beginning. What is still under way of the walk before it no longer counts.
  void restart(std::string key) {
    ++number_;
    reached_ = std::move(key);
    under_way_.clear();
    ended_ = false;
  }
  /// Counts the walks.
  std::uint64_t number() const { return number_; }

  /// A key with so many changes to carry. The result, never 0, names it to settle().
  std::uint64_t begin(std::string key, std::size_t changes) {
    under_way_[++last_] = Key{std::move(key), changes};
    return last_;
  }
  /// One change of the key is settled, or it had none. Keys leave in the walk's order, so that reached() is a true low water.
  void settle(std::uint64_t index) {
    const auto found = under_way_.find(index);
    if (found == under_way_.end()) return;
    if (found->second.changes > 0) --found->second.changes;
    while (!under_way_.empty() && under_way_.begin()->second.changes == 0) {
      reached_ = under_way_.begin()->second.name;
      under_way_.erase(under_way_.begin());
    }
  }
  /// The bucket's last key has been read.
  void end() { ended_ = true; }

  /// Everything up to this key is settled.
  const std::string& reached() const { return reached_; }
  bool complete() const { return ended_ && under_way_.empty(); }
  std::size_t keys_under_way() const { return under_way_.size(); }

 private:
  struct Key {
    std::string name;
    std::size_t changes = 0;  ///< not settled yet
  };
  std::map<std::uint64_t, Key> under_way_;
  std::uint64_t last_ = 0;
  std::uint64_t number_ = 0;
  std::string reached_;
  bool ended_ = false;
};

}  // namespace farshore::replication
