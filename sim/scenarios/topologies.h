// SPDX-License-Identifier: Apache-2.0
// Scenarios of several rules, and of many changes of one key.
#pragma once

#include "sim/realm/world.h"

namespace farshore::sim {

void history_while_writing(World& world);
void long_history(World& world);
void replicas_deleted(World& world);
void two_way(World& world);
void rule_back_later(World& world);
void fan_out(World& world);
void fan_in(World& world);
void chain(World& world);
void one_hot_key(World& world);
void unversioned_races(World& world);
void prefixes_and_puts(World& world);

}  // namespace farshore::sim
