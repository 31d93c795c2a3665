// SPDX-License-Identifier: Apache-2.0
// Bounds: what a bucket keeps beside its versions stays small, and goes when nobody needs it any more.
#pragma once

#include <cstddef>
#include <vector>

#include "sim/checkers/stacks.h"

namespace farshore::sim {

struct BoundsLimits {
  std::size_t operations = 0;  ///< clients have asked for so many in the whole realm
  std::size_t lanes = 0;       ///< items that all rules together may have under way
  bool ruled = false;          ///< a rule leads to the bucket or from it
  bool at_rest = false;        ///< every rule has settled everything
};

/// Applied rows, tombstones, staged ranges, parked changes and readers' marks of a bucket against what may be there.
void check_rows(World& world, const SimBucket& bucket, const BoundsLimits& limits);
/// After a start at rest: the region holds no content that no version or upload of its buckets refers to.
void check_contents(World& world, std::size_t region, const std::vector<SimBucket>& buckets);
/// The bucket still holds exactly that.
void check_same(World& world, const SimBucket& bucket, const Stacks& before);
/// No rule leads to the bucket or from it: no row speaks of one, and no deletion is remembered.
void check_no_trace_of_rules(World& world, const SimBucket& bucket);

}  // namespace farshore::sim
