// SPDX-License-Identifier: Apache-2.0
// HonestProgress: what a rule says of its progress is true at the moment it says it.
#pragma once

#include "sim/realm/history.h"
#include "sim/realm/world.h"

namespace farshore::sim {

/// Asks the rule, then looks at the destination: every version acknowledged before NewObject is there, unless a client tried to take
/// it away since; with history at 1 also what stood there before the rule. Does nothing while either region is down.
void check_progress(World& world, const SimRule& rule, const History& history);

}  // namespace farshore::sim
