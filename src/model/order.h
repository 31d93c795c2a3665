// SPDX-License-Identifier: Apache-2.0
// Order: where a version stands among the versions of its key. The greatest is current.
#pragma once

#include <compare>
#include <cstdint>

#include "model/hybrid_time.h"
#include "model/ids.h"

namespace farshore {

/// Unique in the realm by structure: one partition gives every stamp once, and (region, partition) names the partition.
/// A replica keeps its source's order unless it has to be raised above a version of another origin
/// (docs/adr/0004-order-and-identity.md).
struct Order {
  HybridTime time;
  RegionNumber region;
  std::uint64_t partition = 0;  ///< bucket id of the minting bucket, so that two buckets of a region differ
  friend auto operator<=>(const Order&, const Order&) = default;
};

}  // namespace farshore
