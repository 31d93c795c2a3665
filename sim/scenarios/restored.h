// SPDX-License-Identifier: Apache-2.0
// Scenarios in which one side comes back from an older copy of itself, and what a rule's journal held is gone.
#pragma once

#include "sim/realm/world.h"

namespace farshore::sim {

void journal_gap(World& world);
void source_restored(World& world);

}  // namespace farshore::sim
