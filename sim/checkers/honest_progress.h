// SPDX-License-Identifier: Apache-2.0
// HonestProgress: what a rule says of its progress is true at the moment it says it.
#pragma once

#include <functional>

#include "sim/realm/history.h"
#include "sim/realm/world.h"

namespace farshore::sim {

/// Asks the rule, then looks at the destination: every version acknowledged before NewObject is there, unless a client tried to take
/// it away since; with history at 1 also what stood there before the rule. Does nothing while either region is down.
/// `counts`: which operations the rule carries, asked again after looking; nothing: all. At most `looks_max` of them are looked for.
void check_progress(World& world, const SimRule& rule, const History& history, const std::function<bool(const ClientOp&)>& counts = {}, std::size_t looks_max = 1000000);

}  // namespace farshore::sim
