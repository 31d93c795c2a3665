// SPDX-License-Identifier: Apache-2.0
// TimerQueue and ReadyQueue: the parts that the real loop and the simulated one share.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <tuple>

#include "runtime/executor.h"

namespace farshore {

/// Armed timers, ordered by (instant, arming order); never by address. Loop thread only.
class TimerQueue {
 public:
  ~TimerQueue();
  void arm(TimerNode& node, Instant when);
  void disarm(TimerNode& node);
  std::optional<Instant> earliest() const;
  /// Removes and fires every timer due at `now`; returns how many.
  std::size_t fire_due(Instant now);
  std::size_t size() const { return timers_.size(); }

 private:
  struct Entry {
    Instant when;
    std::uint64_t serial;
    TimerNode* node;
    bool operator<(const Entry& other) const { return std::tie(when, serial) < std::tie(other.when, other.serial); }
  };
  std::set<Entry> timers_;
  std::uint64_t next_serial_ = 0;
};

/// Ready coroutines in the order they became ready. Loop thread only.
class ReadyQueue {
 public:
  ~ReadyQueue();
  bool empty() const { return !head_.linked(); }
  void push(ReadyNode& node) { node.append_to(head_); }
  /// Resumes the first one; false when there is none.
  bool run_one();

 private:
  Link head_;
};

}  // namespace farshore
