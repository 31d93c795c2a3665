// SPDX-License-Identifier: Apache-2.0
// OwnWrites: what a client writes is the current version at once, whatever stands there and however wrong the clock that stamped it.
#pragma once

#include <set>
#include <string_view>
#include <vector>

#include "sim/checkers/journal_tail.h"

namespace farshore::sim {

/// Every version or marker that did not come by a rule has an order above all that stands under its key at that moment.
void check_own_writes(World& world, std::string_view where, const std::vector<JournalTail::Line>& lines);

/// The same of what comes by rules from `sources`, buckets to which no rule leads back; unless a newer change of its source came before it.
void check_replicas_on_top(World& world, std::string_view where, const std::vector<JournalTail::Line>& lines, const std::set<BucketId>& sources);

}  // namespace farshore::sim
