// SPDX-License-Identifier: Apache-2.0
// Direction: one way of the line: a queue in front of it, its rate, its delay, and what gets lost or late on it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>

#include "packet.h"

namespace farshore::wan {

using Clock = std::chrono::steady_clock;
using Instant = Clock::time_point;
using std::chrono::nanoseconds;

struct Shape {
  nanoseconds delay{0};
  double rate_bits = 0;               ///< per second, Ethernet's share included; 0: without limit
  std::uint64_t queue_bytes = 0;      ///< of the line's bytes; what does not fit is dropped, the newest first
  double loss = 0;                    ///< of each segment, 0 to 1
  double reorder = 0;                 ///< of each packet that the device gives, 0 to 1
  nanoseconds reorder_delay{0};       ///< how much later such a one arrives
};

/// Segments, and for `*_bytes` what their name says; since the start.
struct Counts {
  std::uint64_t offered = 0, delivered = 0;
  std::uint64_t lost = 0, dropped_by_queue = 0, dropped_by_cut = 0;
  std::uint64_t reordered = 0;
  std::uint64_t offered_payload_bytes = 0, delivered_payload_bytes = 0;
  std::uint64_t delivered_line_bytes = 0;
  std::uint64_t queue_bytes_max = 0;
};

/// 1. A packet leaves the queue when the line has sent those before it, and arrives `delay` later.
/// 2. What a super-packet holds is lost, dropped and delayed segment by segment; it arrives in pieces of at most kPieceTime.
/// 3. The same seed and the same packets lose the same segments.
/// One thread.
class Direction {
 public:
  static constexpr nanoseconds kPieceTime = std::chrono::milliseconds(1);
  Direction(Shape shape, std::uint64_t seed);
  Shape& shape() { return shape_; }
  void offer(Packet packet, Instant now);
  /// When the next packet arrives; nothing if none is on its way.
  std::optional<Instant> next() const;
  /// A packet that has arrived by now.
  std::optional<Packet> take(Instant now);
  /// What is on the line and in the queue is gone; nothing passes until heal().
  void cut();
  void heal() { cut_ = false; }
  const Counts& counts() const { return counts_; }
  std::uint64_t queued_bytes(Instant now) const;

 private:
  double chance();
  std::uint64_t segments_to_next_loss();
  nanoseconds time_of(std::size_t line_bytes) const;
  void send(Packet packet, Instant now);

  Shape shape_;
  std::uint64_t random_;
  double loss_drawn_for_ = 0;
  std::uint64_t until_loss_ = 0;
  bool cut_ = false;
  Instant line_free_{};
  std::multimap<Instant, Packet> on_the_way_;
  Counts counts_;
};

}  // namespace farshore::wan
