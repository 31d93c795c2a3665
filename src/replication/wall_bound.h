// SPDX-License-Identifier: Apache-2.0
// WallBound: before which wall time has everything that was acknowledged been read, although clocks are set?
#pragma once

#include <algorithm>
#include <cstdint>

#include "model/hybrid_time.h"
#include "runtime/time.h"

namespace farshore::replication {

/// Arithmetic on what a journal's reader sees; no I/O. Times are wall milliseconds of this region; `now` never jumps.
///
/// 1. What has not been read yet was acknowledged after the last look at the journal's end, and after every entry read since.
/// 2. A clock that was set back between two looks makes later acknowledgements look older, by no more than it was set back.
/// 3. A stamp without a count is the wall time of its commit; any other may run ahead of the clock (remote stamps, raised replicas,
///    a clock that was set back) and says nothing.
class WallBound {
 public:
  /// `oldest`: nothing that matters was acknowledged earlier. If that lies in the future, the clock was set back and nothing is known.
  WallBound(std::int64_t oldest, Instant now, std::int64_t wall) : bound_(oldest <= wall ? oldest : 1), floor_(bound_), seen_(now), wall_(wall) {}

  /// The reader looks at the clock, before it reads on.
  void see(Instant now, std::int64_t wall) {
    const std::int64_t back = set_back(now, wall);
    bound_ -= back;
    unsure_ = unsure_ || back > kRoundingMillis;
    if (back > kRoundingMillis) floor_ = std::min(floor_, wall - passed(now));
    seen_ = now;
    wall_ = wall;
  }
  /// Reads see every acknowledged commit, so at the journal's end the moment of looking is the better bound.
  void at_end(Instant now, std::int64_t wall) {
    see(now, wall);
    bound_ = std::max(bound_, wall);
    unsure_ = false;
  }
  /// An entry is read. Gives a time that is not after its acknowledgement.
  HybridTime read(HybridTime committed) {
    const bool is_wall_time = HybridTime::at_millis(committed.millis()) == committed;
    // Was the clock set back before that commit or after it? Only without such a jump its wall time helps.
    if (is_wall_time && !unsure_) bound_ = std::max(bound_, committed.millis());
    return HybridTime::at_millis(std::min(committed.millis(), bound_));
  }
  /// Nothing that has not been read was acknowledged before this.
  std::int64_t bound(Instant now, std::int64_t wall) const { return bound_ - set_back(now, wall); }
  /// Nothing that matters was acknowledged before this, read or not: `oldest`, or what the clock was set back to since. A reader that
  /// begins anew begins from there.
  std::int64_t floor() const { return floor_; }

 private:
  static constexpr std::int64_t kRoundingMillis = 2;
  std::int64_t set_back(Instant now, std::int64_t wall) const {
    return std::max<std::int64_t>(0, wall_ + passed(now) - wall);
  }
  std::int64_t passed(Instant now) const { return std::chrono::duration_cast<std::chrono::milliseconds>(now - seen_).count(); }
  std::int64_t bound_;
  std::int64_t floor_;
  Instant seen_;
  std::int64_t wall_;
  bool unsure_ = false;  ///< the clock was set back since the last look at the end
};

}  // namespace farshore::replication
