// SPDX-License-Identifier: Apache-2.0
// Scenarios in which a clock is wrong.
#pragma once

#include "sim/realm/world.h"

namespace farshore::sim {

void clock_set_back(World& world);

}  // namespace farshore::sim
