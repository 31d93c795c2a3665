// SPDX-License-Identifier: Apache-2.0
// Agreement: at rest, every bucket of a realm holds what its clients and its rules have put there, and nothing else.
#pragma once

#include <string>
#include <vector>

#include "sim/checkers/stacks.h"
#include "sim/realm/history.h"

namespace farshore::sim {

struct BucketFacts {
  SimBucket bucket;
  const History* history = nullptr;  ///< never null
  Stacks stacks;
};

/// What the checker has to know of a rule: what it carries, and since when.
struct RuleFacts {
  std::size_t source = 0;        ///< index of the BucketFacts
  std::size_t destination = 0;
  bool puts = true;
  bool removes = true;
  bool historical = true;
  std::vector<std::string> prefixes;
  bool active = true;   ///< at the end
  bool gap = false;     ///< it was deleted and made again: what was deleted in between is nobody's
  Instant since{};      ///< the present rule was acknowledged
  bool carries(const std::string& key) const;
};

/// Versioned: what a rule carries is there, the same and in the source's order; what was deleted under a rule that carries deletions is gone;
/// everything else that stands there was written there by a client or by a rule that may.
/// Without versioning: with one writer of a key both ends are equal; with several the content is somebody's.
void check_agreement(World& world, const std::vector<BucketFacts>& buckets, const std::vector<RuleFacts>& rules);

}  // namespace farshore::sim
