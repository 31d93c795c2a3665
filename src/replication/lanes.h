// SPDX-License-Identifier: Apache-2.0
// Lanes: one change of a key in flight at a time, changes of different keys side by side.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>

#include "model/change.h"
#include "runtime/task_scope.h"

namespace farshore::replication {

/// A change on its way through a lane. History has sequence 0 and no commit time.
struct LaneItem {
  Change change;
  Sequence sequence;
  HybridTime committed;
  std::uint64_t history_index = 0;  ///< position in the historical scan; 0: incremental
  std::uint64_t parked = 0;         ///< another attempt of a parked change: its number in the list; 0: none
};

/// Keeps the source's order per key (design: both the journal and the historical scan feed the same lanes).
/// Memory is bounded by `items_max`: add() waits. Loop thread only.
class Lanes {
 public:
  /// Carries one item to its end: settled or parked. Must not return before.
  using Carry = std::function<Task<void>(LaneItem)>;

  Lanes(Executor& executor, std::size_t items_max, Carry carry);
  /// Puts the item at the end of its key's lane.
  Task<Result<void>> add(OpContext op, LaneItem item);
  std::size_t items() const { return items_; }
  /// Waits until all lanes are empty, or the operation ends.
  Task<Result<void>> wait_empty(OpContext op);
  Task<void> close();
  void abandon() { scope_.abandon(); }
  const CancelToken& token() const { return scope_.token(); }

 private:
  Task<void> run_lane(std::string key);
  Executor& executor_;
  Carry carry_;
  std::size_t items_ = 0;
  std::unordered_map<std::string, std::list<LaneItem>> lanes_;  ///< looked up, never walked; a lane's list stays where it is
  Permits room_;
  Signal emptied_;
  TaskScope scope_;
};

}  // namespace farshore::replication
