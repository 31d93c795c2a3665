// SPDX-License-Identifier: Apache-2.0
// Plan: what one seed of the campaign is about: its regions, buckets, rules, clients and settings, drawn before anything happens.
#pragma once

#include <string>
#include <vector>

#include "model/bucket.h"
#include "sim/realm/workload.h"
#include "sim/realm/world.h"

namespace farshore::sim {

struct PlannedBucket {
  std::size_t region = 0;
  AccountUid owner = kSourceAccount;
  bool versioned = true;
  /// It was written to before versioning was enabled, and while it was suspended: it holds null versions.
  bool nulls = false;
  std::size_t operations = 0;  ///< of its clients; 0: nobody writes here but rules
};

struct PlannedRule {
  std::size_t source = 0;
  std::size_t destination = 0;
  std::string action = "ALL";
  bool historical = true;
  std::vector<std::string> prefixes;
  bool puts() const { return action == "ALL" || action.find("PUT") != std::string::npos; }
  bool removes() const { return action == "ALL" || action.find("DELETE") != std::string::npos; }
};

/// Which kinds of events the story is made of, so that a seed is about few things and those often.
struct PlannedTrouble {
  std::size_t steps = 6;
  bool machines = false;   ///< crashes and disks that stop
  bool links = false;
  bool clocks = false;
  bool rights = false;
  bool rules = false;      ///< rules, roles and buckets are deleted and made again
  bool disks = false;      ///< full, unreadable, turned bits
  bool home = false;       ///< the home region is away for long
  bool destination_restored = false;
  bool source_restored = false;
};

struct Plan {
  WorldSettings world;
  std::vector<PlannedBucket> buckets;
  std::vector<PlannedRule> rules;
  WorkloadSettings clients;
  PlannedTrouble trouble;
  bool rules_apart = false;     ///< the rules are made one after the other while clients write
  bool ends_all_rules = false;  ///< at the end every rule is deleted, and must be gone
  std::string text() const;     ///< one line for people
};

/// Everything from the dice; the same dice give the same plan.
Plan draw_plan(Random& random);

}  // namespace farshore::sim
