// SPDX-License-Identifier: Apache-2.0
// Marks: the rare branches of the product, each known by what it says: an event in its log, a reason in an answer. A campaign that never
// reaches one of them proves nothing about it, so the long form counts them and fails where one is missing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/realm/sim_trace.h"

namespace farshore::sim {

struct Mark {
  std::string_view event;  ///< its name, or "name=reason" for one of the reasons it is said with
  std::string_view what;   ///< what happened, for people
};

/// In the order of the layers.
const std::vector<Mark>& marks();
/// Those that are not among the events.
std::vector<Mark> unreached(const SimTrace::Events& events);

}  // namespace farshore::sim
