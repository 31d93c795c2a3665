// SPDX-License-Identifier: Apache-2.0
// Convergence: after healing and rest, the destination has what the rule carries, in the source's order.
#pragma once

#include "sim/checkers/stacks.h"
#include "sim/realm/history.h"

namespace farshore::sim {

struct ConvergenceSettings {
  bool deletions = true;    ///< the rule carries permanent deletions; otherwise what was deleted at the source may stay
  bool two_way = false;     ///< both stacks are one
  bool others_write = false;///< other sources or direct writes stand at the destination too: the source's are a subsequence
  std::string prefix;       ///< of the keys the rule carries
  /// Versions written before this are not carried (a rule without history).
  std::int64_t since_millis = 0;
};

/// What is not the same of a version and its replica, tags, ACL and id aside; empty if nothing.
std::string difference_but_names(const SeenVersion& here, const SeenVersion& there);

void check_convergence(World& world, const SimRule& rule, const Stacks& source, const Stacks& destination, const ConvergenceSettings& settings);

}  // namespace farshore::sim
