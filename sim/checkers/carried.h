// SPDX-License-Identifier: Apache-2.0
// Carried: every replicated line of a bucket's journal is of a kind and a key that a rule from its origin carries.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/checkers/journal_tail.h"

namespace farshore::sim {

/// What a rule may write into the bucket it leads to.
struct Carrier {
  BucketId source;
  bool puts = true;
  bool removes = true;
  std::vector<std::string> prefixes;  ///< empty: every key
};

/// `carriers`: of all rules that have ever led to the bucket.
void check_carried(World& world, std::string_view where, const std::vector<JournalTail::Line>& lines, const std::vector<Carrier>& carriers);

}  // namespace farshore::sim
