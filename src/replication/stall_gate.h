// SPDX-License-Identifier: Apache-2.0
// StallGate: when the whole rule cannot go on, one change probes and the others wait.
#pragma once

#include <optional>
#include <string>

#include "replication/reason.h"
#include "runtime/runtime.h"
#include "runtime/wait.h"

namespace farshore::replication {

/// What is known of a stall; shown by explain and admin.
struct Stall {
  Reason reason;
  std::string detail;
  std::int64_t since_millis = 0;
};

/// Retried after back-off (which goes on where a stall follows another at once), at least every 3 s, and at once when something that could heal it changed (nudge).
class StallGate {
 public:
  explicit StallGate(Runtime runtime) : runtime_(runtime), changed_(runtime.executor) {}

  const std::optional<Stall>& stall() const { return stall_; }
  /// Waits until the gate is open or it is this caller's turn to probe. kCancelled when the task ends.
  Task<Result<void>> pass(OpContext op);
  /// The probe (or the first to notice) reports a failure of the whole rule. Returns true if this began a stall.
  bool fail(Reason reason, std::string detail);
  /// A change got through: opens the gate. Returns true if that ended a stall.
  bool succeed();
  /// The probe ended without learning anything of the stall: lets the next one probe.
  void pass_on();
  /// Something changed that could heal the stall: probe now.
  void nudge();

 private:
  Runtime runtime_;
  std::optional<Stall> stall_;
  bool probing_ = false;
  Duration backoff_{};
  Instant next_probe_{};
  Instant ended_{};
  Signal changed_;
};

}  // namespace farshore::replication
