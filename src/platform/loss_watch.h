// SPDX-License-Identifier: Apache-2.0
// LossWatch: whether the path of a connection loses packets, by what had to be sent again.
#pragma once

#include "platform/path_sample.h"

namespace farshore::platform {

/// A congestion control that takes every loss for a queue that ran over (cubic) is the best on a clean path: it never stops to measure. Where packets get
/// lost by themselves it crawls, and one that ignores loss (BBR) is needed.
///
/// 1. A path is lossy when two periods in a row each had more than one packet in 2,000 sent again. A connection that once sends more than the queue
///    takes has one such period.
/// 2. What is lost while the round trip is half as long again as the shortest was dropped by a full queue, most likely by our own bytes in it, and does not count:
///    on a slow line that happens every few seconds.
/// 3. It is clean again after so many periods without.
///
/// A period is half a second of sending and 500 packets at least. Values only. Not thread-safe.
class LossWatch {
 public:
  /// Takes a sample, as often as it likes.
  bool lossy(const PathSample& sample);

 private:
  PathSample before_{};
  std::uint64_t seen_again_ = 0;  ///< packets that had been sent again at the last sample
  std::uint64_t lost_ = 0;        ///< of the present period, those that no queue explains
  int bad_ = 0;    ///< periods with losses, one after the other
  int clean_ = 0;  ///< periods without
  bool lossy_ = false;
};

}  // namespace farshore::platform
