// SPDX-License-Identifier: Apache-2.0
// Scenarios in which rights, rules and buckets come and go.
#pragma once

#include "sim/realm/world.h"

namespace farshore::sim {

void right_withdrawn(World& world);
void role_deleted(World& world);
void deletions_parked(World& world);
void deletion_overtaken(World& world);
void rule_closing(World& world);
void destination_deleted(World& world);

}  // namespace farshore::sim
