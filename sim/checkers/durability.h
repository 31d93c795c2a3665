// SPDX-License-Identifier: Apache-2.0
// Durability: what was acknowledged to a client is at the source, and nothing is there that nobody asked for.
#pragma once

#include "sim/checkers/stacks.h"
#include "sim/realm/history.h"

namespace farshore::sim {

/// The bucket is at rest (no client is writing). Replicas from elsewhere are left alone.
void check_durability(World& world, const SimBucket& bucket, const History& history, const Stacks& stacks);

}  // namespace farshore::sim
