// SPDX-License-Identifier: Apache-2.0
// Instant, Duration and WallTime: the two kinds of time, which do not mix.
#pragma once

#include <chrono>
#include <cstdint>

namespace farshore {

using Duration = std::chrono::nanoseconds;

/// Time of the loop: monotonic, meaningful inside one process only. Deadlines and timers use it.
struct LoopClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<LoopClock>;
  static constexpr bool is_steady = true;  // no now(): ask the Executor
};
using Instant = LoopClock::time_point;
inline constexpr Instant kNever = Instant::max();

/// Wall time in microseconds since 1970 UTC. It may jump; nothing is ordered by it alone (model/hybrid_time.h).
struct WallTime {
  std::int64_t micros = 0;
  std::int64_t millis() const { return micros / 1000; }
  std::int64_t seconds() const { return micros / 1000000; }
  friend auto operator<=>(const WallTime&, const WallTime&) = default;
};

/// Port: wall time. Threads: any.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime now() const = 0;
};

}  // namespace farshore
