// SPDX-License-Identifier: Apache-2.0
#include "direction.h"

#include <algorithm>
#include <cmath>

namespace farshore::wan {

Direction::Direction(Shape shape, std::uint64_t seed) : shape_(shape), random_(seed) {}

/// SplitMix64: small, and the same everywhere.
double Direction::chance() {
  std::uint64_t z = random_ += 0x9E3779B97F4A7C15u;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
  z = (z ^ z >> 27) * 0x94D049BB133111EBu;
  return static_cast<double>((z ^ z >> 31) >> 11) * 0x1.0p-53;
}

/// One draw for a run of segments instead of one for each.
std::uint64_t Direction::segments_to_next_loss() {
  if (shape_.loss != loss_drawn_for_) {
    loss_drawn_for_ = shape_.loss;
    until_loss_ = shape_.loss >= 1 ? 0 : static_cast<std::uint64_t>(std::log1p(-chance()) / std::log1p(-shape_.loss));
  }
  return shape_.loss <= 0 ? UINT64_MAX : until_loss_;
}

nanoseconds Direction::time_of(std::size_t line_bytes) const {
  return nanoseconds(shape_.rate_bits <= 0 ? 0 : static_cast<std::int64_t>(static_cast<double>(line_bytes) * 8e9 / shape_.rate_bits));
}

std::uint64_t Direction::queued_bytes(Instant now) const {
  if (line_free_ <= now || shape_.rate_bits <= 0) return 0;
  return static_cast<std::uint64_t>(static_cast<double>(nanoseconds(line_free_ - now).count()) * shape_.rate_bits / 8e9);
}

void Direction::offer(Packet packet, Instant now) {
  const std::size_t segments = packet.segments();
  counts_.offered += segments;
  counts_.offered_payload_bytes += packet.payload_bytes();
  if (cut_) {
    counts_.dropped_by_cut += segments;
    return;
  }
  const std::size_t segment_line_bytes = (packet.line_bytes() + segments - 1) / segments;
  std::size_t piece = segments;
  if (shape_.rate_bits > 0) piece = std::max<std::size_t>(1, static_cast<std::size_t>(kPieceTime / std::max(time_of(segment_line_bytes), nanoseconds(1))));
  for (std::size_t at = 0; at < segments;) {
    const std::uint64_t queued = queued_bytes(now);
    counts_.queue_bytes_max = std::max(counts_.queue_bytes_max, queued);
    const std::uint64_t room = shape_.rate_bits > 0 && shape_.queue_bytes > 0 ? (shape_.queue_bytes - std::min(queued, shape_.queue_bytes)) / segment_line_bytes : segments;
    if (room == 0) {
      counts_.dropped_by_queue += segments - at;
      return;
    }
    const std::uint64_t whole = segments_to_next_loss();
    if (whole == 0) {
      // Lost behind the queue: it has taken its time on the line.
      line_free_ = std::max(line_free_, now) + time_of(segment_line_bytes);
      loss_drawn_for_ = 0;  // draw again
      ++counts_.lost;
      ++at;
      continue;
    }
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>({segments - at, piece, whole, room}));
    if (shape_.loss > 0) until_loss_ -= count;
    if (count == segments) {
      send(std::move(packet), now);
      return;
    }
    send(packet.slice(at, count), now);
    at += count;
  }
}

void Direction::send(Packet packet, Instant now) {
  line_free_ = std::max(line_free_, now) + time_of(packet.line_bytes());
  Instant arrival = line_free_ + shape_.delay;
  if (shape_.reorder > 0 && chance() < shape_.reorder) {
    arrival += shape_.reorder_delay;
    counts_.reordered += packet.segments();
  }
  on_the_way_.emplace_hint(on_the_way_.end(), arrival, std::move(packet));
}

std::optional<Instant> Direction::next() const {
  if (on_the_way_.empty()) return std::nullopt;
  return on_the_way_.begin()->first;
}

std::optional<Packet> Direction::take(Instant now) {
  if (on_the_way_.empty() || on_the_way_.begin()->first > now) return std::nullopt;
  auto first = on_the_way_.extract(on_the_way_.begin());
  const Packet& packet = first.mapped();
  counts_.delivered += packet.segments();
  counts_.delivered_payload_bytes += packet.payload_bytes();
  counts_.delivered_line_bytes += packet.line_bytes();
  return std::move(first.mapped());
}

void Direction::cut() {
  cut_ = true;
  for (const auto& [arrival, packet] : on_the_way_) counts_.dropped_by_cut += packet.segments();
  on_the_way_.clear();
  line_free_ = {};
}

}  // namespace farshore::wan
