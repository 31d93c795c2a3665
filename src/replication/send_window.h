// SPDX-License-Identifier: Apache-2.0
// SendWindow: how many changes of a rule are under way to the destination at once.
#pragma once

#include <cstddef>
#include <optional>

#include "base/result.h"
#include "runtime/wait.h"

namespace farshore::replication {

/// As many as the way there holds, and a reserve that keeps the destination's disk busy; no more. What is sent beyond that only waits at the
/// other end, in the memory of both: 8,192 changes of 4 KiB under way over loopback cost 300 MiB and every one of them its place in the
/// processor's caches; 300 are as fast.
///
/// 1. The size is `reserve` + 1.5 x rate x shortest time from sending to acknowledgement, between the reserve and `most`: on a long way it grows by
///    half with every round trip until the rate no longer rises.
/// 2. The shortest time is that since the last restart(): a new connection may take another way.
///
/// Not a limit of bytes, and not for large objects, which wait for a budget of their own. Loop thread only.
class SendWindow {
 public:
  SendWindow(Executor& executor, std::size_t most);
  /// Waits for a place. Error: kCancelled, kDeadlineExceeded.
  Task<Result<void>> enter(OpContext op);
  bool try_enter();
  void leave();
  /// One change took so long to be acknowledged.
  void acknowledged(Duration took);
  void restart();
  std::size_t size() const { return size_; }
  std::size_t under_way() const { return under_way_; }

 private:
  Executor& executor_;
  const std::size_t most_;
  std::size_t size_;
  std::size_t under_way_ = 0;
  Duration shortest_{};           ///< zero: not known yet
  std::optional<Instant> period_began_;
  std::size_t acknowledged_ = 0;  ///< in the present period
  Signal left_;
};

}  // namespace farshore::replication
