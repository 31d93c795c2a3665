// SPDX-License-Identifier: Apache-2.0
// Scenarios of rules that have nothing to do for a while.
#pragma once

#include "sim/realm/world.h"

namespace farshore::sim {

void writes_and_pauses(World& world);
void idle_destination_restored(World& world);

}  // namespace farshore::sim
