// SPDX-License-Identifier: Apache-2.0
// Scenario: two requests make a rule under one id at the same time.
#pragma once

#include "sim/realm/world.h"

namespace farshore::sim {

void same_rule_id(World& world);

}  // namespace farshore::sim
