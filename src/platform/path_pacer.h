// SPDX-License-Identifier: Apache-2.0
// PathPacer: how fast a connection that carries large contents may send, so that it fills its path and leaves the path's queue empty.
#pragma once

#include <cstdint>
#include <optional>

#include "platform/path_sample.h"

namespace farshore::platform {

/// Congestion controls that ignore loss keep a whole round trip of a long path's bytes in its queue, and lose what the queue does not take: a
/// small change on another connection waits behind it, and everything lost is sent twice. The limit set here stays under that.
///
/// 1. While the queue is empty nothing is limited: the connection finds the path's rate by itself.
/// 2. A round trip that grew by more than an eighth of the shortest (5 ms at least) says that a queue stands. The rate at which bytes arrived
///    meanwhile is the path's; the limit becomes less than that for as long as the queue needs to drain, and a little less afterwards.
/// 3. From there the limit grows by a hundredth each round trip, and faster the longer no queue shows; from the lowest limit there is by large steps.
/// 4. A connection that now and then had nothing to send may have filled the queue or not, and its rate may be the path's or not. The first time it is held at the best
///    rate it had, not below, and looks for a higher one by large steps; later the queue is its own if it uses most of that rate.
/// 5. A queue that does not drain although the limit fell several times is somebody else's, or the path's jitter: it is taken for a part of the path.
///    The limit never falls below half of the best rate seen, so that traffic which fills queues does not starve this connection.
///
/// Values only; the caller reads the kernel and sets the limit. Not thread-safe.
class PathPacer {
 public:
  /// Takes a sample, as often as it likes; judges once each round trip. Bytes a second, or nothing while there is no limit.
  std::optional<std::uint64_t> limit(const PathSample& sample);

 private:
  enum class Phase : std::uint8_t { kFree, kDraining, kSettling, kGrowing };
  double floor() const;
  void drain(double rate, Duration queue, Duration shortest);
  void hold(double rate);

  Phase phase_ = Phase::kFree;
  std::optional<PathSample> before_;  ///< at the last judgement
  double limit_ = 0;
  double path_rate_ = 0;              ///< measured when a queue stood last
  double best_ = 0;
  double step_ = 0, step_most_ = 0;   ///< growth of the limit in a round trip
  Duration foreign_{};                ///< of the round trip's growth, what is not ours (5)
  Duration least_queue_{};            ///< since the queue last was short
  int drains_ = 0;                    ///< one after the other
};

}  // namespace farshore::platform
