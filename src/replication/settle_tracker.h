// SPDX-License-Identifier: Apache-2.0
// SettleTracker: up to where is everything settled, although changes finish out of order?
#pragma once

#include <cstddef>
#include <map>
#include <optional>

#include "model/hybrid_time.h"
#include "model/ids.h"

namespace farshore::replication {

/// Arithmetic on sequences; no I/O. A change is settled when it is durably at the destination, skipped, superseded or parked.
class SettleTracker {
 public:
  explicit SettleTracker(Sequence settled) : read_to_(settled) {}
  /// A change was read and is on its way. Sequences come in rising order.
  void begin(Sequence sequence, HybridTime committed) { pending_.emplace(sequence, committed); }
  void settle(Sequence sequence) { pending_.erase(sequence); }
  /// The reader has seen everything up to here.
  void read_to(Sequence sequence) {
    if (sequence > read_to_) read_to_ = sequence;
  }
  /// Everything up to here is settled.
  Sequence low_water() const { return pending_.empty() ? read_to_ : Sequence(pending_.begin()->first.get() - 1); }
  Sequence read_to() const { return read_to_; }
  /// The earliest of the times that unsettled changes began with. Not always the first one's: clocks are set back.
  std::optional<HybridTime> earliest() const {
    std::optional<HybridTime> least;
    for (const auto& [sequence, committed] : pending_) {
      if (!least || committed < *least) least = committed;
    }
    return least;
  }
  bool is_pending(Sequence sequence) const { return pending_.contains(sequence); }
  std::size_t pending() const { return pending_.size(); }

 private:
  Sequence read_to_;
  std::map<Sequence, HybridTime> pending_;
};

}  // namespace farshore::replication
