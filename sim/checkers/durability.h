// SPDX-License-Identifier: Apache-2.0
// Durability: what was acknowledged to a client is at the source, and nothing is there that nobody asked for.
#pragma once

#include <functional>
#include <string>

#include "sim/checkers/stacks.h"
#include "sim/realm/history.h"

namespace farshore::sim {

/// What else may have taken away what a client wrote.
struct OtherWriters {
  bool replicas = false;  ///< a rule writes here: in a bucket without versioning it replaces and deletes
  /// May a client of another bucket, from where deletions come here, have deleted that version?
  std::function<bool(const std::string& key, const VersionId& id)> removed;
};

/// The bucket is at rest (no client is writing). Replicas from elsewhere are left alone.
void check_durability(World& world, const SimBucket& bucket, const History& history, const Stacks& stacks, const OtherWriters& others = {});

}  // namespace farshore::sim
