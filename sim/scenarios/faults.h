// SPDX-License-Identifier: Apache-2.0
// Scenarios in which links, machines and disks fail.
#pragma once

#include "sim/realm/world.h"

namespace farshore::sim {

void quiet_days(World& world);
void link_cut_in_transfer(World& world);
void crash_anywhere(World& world);
void everything_breaks(World& world);
void destination_full(World& world);
void destination_restored(World& world);
void history_restored(World& world);
void deleted_on_the_way(World& world);
void slow_starts(World& world);

}  // namespace farshore::sim
