// SPDX-License-Identifier: Apache-2.0
#include "objects/landing.h"

#include <algorithm>

namespace farshore::objects {
namespace {

Order at_time(const Order& order, std::uint64_t time) { return Order{HybridTime{time}, order.region, order.partition}; }

/// A gap that is worth moving into: its half leaves room on both sides.
constexpr std::uint64_t kGapMin = 8;

/// Among the changes of its own source it stands where the source has it.
bool keeps_source_order(const std::vector<Version>& above, const Origin& origin, const Order& order) {
  return std::ranges::all_of(above, [&](const Version& version) {
    return !same_source(version, origin) || (version.origin->order > origin.order) == (version.order > order);
  });
}

/// Shifts above[first..last], all replicas, by so many ticks.
std::vector<std::pair<Version, Order>> shifted(const std::vector<Version>& above, std::size_t first, std::size_t last, std::uint64_t up, std::uint64_t down) {
  std::vector<std::pair<Version, Order>> moved;
  for (std::size_t i = first; i <= last; ++i) moved.emplace_back(above[i], Order{HybridTime{above[i].order.time.value + up - down}, above[i].order.region, above[i].order.partition});
  return moved;
}

bool is_newer(const Version& version, const Origin& origin) { return same_source(version, origin) && version.origin->order > origin.order; }

}  // namespace

bool same_source(const Version& version, const Origin& origin) { return version.origin && version.origin->bucket == origin.bucket; }

Order raised_above(const Order& order, const Order& other) { return at_time(order, other.time.value + kRaiseStep); }

Order unraised_order(const std::vector<Version>& above, const Origin& origin) {
  Order order = origin.order;
  const auto taken = [&] { return std::ranges::any_of(above, [&](const Version& version) { return version.order == order; }); };
  while (taken()) order.time = order.time.next();
  return order;
}

Order two_way_order(const std::vector<Version>& above, const Origin& origin) {
  const Version* older = nullptr;  // the newest of them
  const Version* newer = nullptr;  // the oldest of them
  for (const Version& version : above) {
    if (!same_source(version, origin)) continue;
    if (version.origin->order > origin.order) newer = &version;
    if (version.origin->order < origin.order && older == nullptr) older = &version;
  }
  if (older == nullptr) return unraised_order(above, origin);
  Order order = raised_above(origin.order, older->order);
  if (newer != nullptr) {
    const std::uint64_t room = newer->order.time.value - older->order.time.value;
    if (newer->order < older->order || room < 2) return unraised_order(above, origin);
    order = at_time(origin.order, older->order.time.value + std::max<std::uint64_t>(room / kLateShare, 1));
  }
  while (std::ranges::any_of(above, [&](const Version& version) { return version.order == order; })) order.time = order.time.next();
  return order;
}

Landing land(const std::vector<Version>& above, const Origin& origin, bool two_way) {
  const auto order_among = [&](const std::vector<Version>& versions) { return two_way ? two_way_order(versions, origin) : landing_order(versions, origin); };
  Landing landing{order_among(above), {}};
  if (keeps_source_order(above, origin, landing.order)) return landing;
  const std::size_t count = above.size();
  std::size_t newer = count, older = count;  // the oldest newer one, and the newest older one below it
  for (std::size_t i = 0; i < count; ++i) {
    if (is_newer(above[i], origin)) newer = i, older = count;
    else if (same_source(above[i], origin) && older == count) older = i;
  }
  for (std::size_t i = newer; i < count && above[i].origin && landing.moved.empty(); --i) {
    const std::uint64_t gap = i == 0 ? 2 * kRaiseStep : above[i - 1].order.time.value - above[i].order.time.value;
    if (gap >= kGapMin) landing.moved = shifted(above, i, newer, gap / 2, 0);
    if (i == 0) break;
  }
  for (std::size_t i = older; i < count && above[i].origin && landing.moved.empty(); ++i) {
    const std::uint64_t below = i + 1 == count ? origin.order.time.value : above[i + 1].order.time.value;
    const std::uint64_t gap = above[i].order.time.value - below;
    if (gap >= kGapMin) landing.moved = shifted(above, older, i, 0, gap / 2);
  }
  if (landing.moved.empty()) return landing;  // versions written here, tick by tick: the place nearest to the right one
  std::vector<Version> apart = above;
  for (const auto& [version, order] : landing.moved) {
    const auto at = std::ranges::find(above, version.order, &Version::order);
    apart[static_cast<std::size_t>(at - above.begin())].order = order;
  }
  landing.order = order_among(apart);
  return landing;
}

Order landing_order(const std::vector<Version>& above, const Origin& origin) {
  if (above.empty()) return origin.order;
  std::size_t oldest_newer = above.size();
  for (std::size_t i = 0; i < above.size(); ++i) {
    if (is_newer(above[i], origin)) oldest_newer = i;
  }
  if (oldest_newer == above.size()) return raised_above(origin.order, above.front().order);
  if (oldest_newer + 1 == above.size() && above.back().order > origin.order) return origin.order;
  // Right below the oldest newer one; where no Order is left in between, below the next one, but never below an older
  // change of the same source.
  for (std::size_t i = oldest_newer; i + 1 < above.size(); ++i) {
    const std::uint64_t high = above[i].order.time.value;
    const std::uint64_t low = above[i + 1].order.time.value;
    if (high - low >= 2) return at_time(origin.order, low + std::max<std::uint64_t>((high - low) / kLateShare, 1));
    if (same_source(above[i + 1], origin)) break;
  }
  // More late arrivals than the gap has room for: the place nearest to the right one.
  return unraised_order(above, origin);
}

}  // namespace farshore::objects
