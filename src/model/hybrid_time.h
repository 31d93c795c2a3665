// SPDX-License-Identifier: Apache-2.0
// HybridTime and HybridClock: wall milliseconds made strictly increasing.
#pragma once

#include <compare>
#include <cstdint>

namespace farshore {

/// Wall milliseconds in the upper 48 bits, a counter in the lower 16. Compared as one number.
struct HybridTime {
  std::uint64_t value = 0;
  std::int64_t millis() const { return static_cast<std::int64_t>(value >> 16); }
  static HybridTime at_millis(std::int64_t millis) { return HybridTime{static_cast<std::uint64_t>(millis) << 16}; }
  HybridTime next() const { return HybridTime{value + 1}; }
  friend auto operator<=>(const HybridTime&, const HybridTime&) = default;
};

/// Above every stamp.
inline constexpr HybridTime kEndOfTime{~std::uint64_t{0}};

/// Gives stamps that only grow, whatever the wall clock does. The owner stores high_water() with every commit and
/// hands it back at start, so a clock set back across a restart cannot order a new write below an old one.
class HybridClock {
 public:
  explicit HybridClock(HybridTime high_water = {}) : high_water_(high_water) {}
  /// A stamp above every earlier one, above `floor`, and at least the wall time.
  HybridTime tick(std::int64_t wall_millis, HybridTime floor = {}) {
    HybridTime stamp = high_water_.next();
    if (const HybridTime wall = HybridTime::at_millis(wall_millis); wall > stamp) stamp = wall;
    if (floor.next() > stamp) stamp = floor.next();
    return high_water_ = stamp;
  }
  /// Moves forward to a remote stamp, but never more than `drift_max_millis` past the wall clock: one region with a
  /// broken clock must not drag the others with it.
  void observe(HybridTime remote, std::int64_t wall_millis, std::int64_t drift_max_millis) {
    const HybridTime limit = HybridTime::at_millis(wall_millis + drift_max_millis);
    if (remote > limit) return;
    if (remote > high_water_) high_water_ = remote;
  }
  HybridTime high_water() const { return high_water_; }

 private:
  HybridTime high_water_;
};

}  // namespace farshore
