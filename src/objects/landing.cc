// SPDX-License-Identifier: Apache-2.0
#include "objects/landing.h"

#include <algorithm>

namespace farshore::objects {
namespace {

Order at_time(const Order& order, std::uint64_t time) { return Order{HybridTime{time}, order.region, order.partition}; }

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
