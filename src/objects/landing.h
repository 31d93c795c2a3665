// SPDX-License-Identifier: Apache-2.0
// landing_order: where among the versions of its key a replica lands (docs/adr/0004-order-and-identity.md).
#pragma once

#include <utility>
#include <vector>

#include "model/version.h"

namespace farshore::objects {

/// How far above what it overwrites a replica is raised. The gap leaves room for older changes of the same source that
/// arrive late and belong in between: history, oldest first, while newer changes are already there. In wall time it is 16 ms.
inline constexpr std::uint64_t kRaiseStep = 1 << 20;
/// A late arrival takes that part of the gap it finds. Small, because the next one mostly belongs above it: a gap has room for
/// hundreds of arrivals from the oldest to the newest, and for a handful in any other order.
inline constexpr std::uint64_t kLateShare = 64;

/// The Order of a replica in a versioned bucket behind a one-way rule. `above` holds all versions with an Order at or above
/// the source order, newest first. The result is free and keeps the source's order among its own versions:
///
/// - nothing at or above, or only newer versions of the same source: the source order itself;
/// - else, if newer versions of the same source stand there: right below the oldest of them;
/// - else above everything, because replication overwrites what has the same name, whatever its date.
Order landing_order(const std::vector<Version>& above, const Origin& origin);

/// The source order itself, or the next free one above it.
Order unraised_order(const std::vector<Version>& above, const Origin& origin);

/// The same for a rule that leads both ways. Only where older changes of the same source stand above, raised while the rule back was not
/// there yet, does it go above those: a source's newer change is never below its older one.
Order two_way_order(const std::vector<Version>& above, const Origin& origin);

/// Where a replica lands, and what makes room for it.
struct Landing {
  Order order;
  /// Replicas that get another Order, newest first; the stack's own order stays as it is.
  std::vector<std::pair<Version, Order>> moved;
};

/// One of the two above. Where late arrivals have used up the gap between an older and a newer change of their source, or it never was wider
/// than the tick between two changes, the replicas next to it move apart: up into the next gap, or else down. Versions that were written
/// here never move, since their Order is what other regions know them by.
Landing land(const std::vector<Version>& above, const Origin& origin, bool two_way);

/// `order` raised above `other`.
Order raised_above(const Order& order, const Order& other);

/// True if the version is a replica from the same source bucket.
bool same_source(const Version& version, const Origin& origin);

}  // namespace farshore::objects
