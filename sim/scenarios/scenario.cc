// SPDX-License-Identifier: Apache-2.0
#include "sim/scenarios/scenario.h"

#include <algorithm>

#include "sim/scenarios/faults.h"
#include "sim/scenarios/rights.h"
#include "sim/scenarios/topologies.h"

namespace farshore::sim {

const std::vector<Scenario>& scenarios() {
  static const std::vector<Scenario> kAll = {
      {"quiet", "nothing fails", 2, quiet_days},
      {"link-cut", "a link is cut in the transfer of a large object, which is resumed", 2, link_cut_in_transfer},
      {"crash", "either side crashes at any step, under load", 2, crash_anywhere},
      {"chaos", "crashes, cuts, silences and resets in any order", 2, everything_breaks},
      {"full", "the destination's disk is full for a while", 2, destination_full},
      {"backup", "the destination loses hours and comes back from a backup", 2, destination_restored, StoreKind::kMemory},
      {"rights", "a right is withdrawn and restored: role policy, bucket policy, trust", 2, right_withdrawn},
      {"role-deleted", "the role is deleted; its name alone gives nothing back", 2, role_deleted},
      {"parked", "deletions lack ReplicateDelete for a while", 2, deletions_parked},
      {"closing", "the rule is removed while clients write", 2, rule_closing},
      {"destination-deleted", "the destination bucket is deleted and made again", 2, destination_deleted},
      {"history", "history is copied while writes go on", 2, history_while_writing},
      {"two-way", "two rules between two buckets, with skewed clocks", 2, two_way},
      {"fan-out", "one source, three destinations", 4, fan_out},
      {"fan-in", "two sources and the owner write to one destination", 3, fan_in},
      {"chain", "A to B and B to C: replicas are not forwarded", 3, chain},
      {"hot-key", "600 changes of one key by four writers", 2, one_hot_key},
      {"unversioned", "overwrites and deletions without versioning", 2, unversioned_races},
      {"prefixes", "a rule for one prefix with Action PUT", 2, prefixes_and_puts},
  };
  return kAll;
}

const Scenario* find_scenario(std::string_view name) {
  const auto found = std::find_if(scenarios().begin(), scenarios().end(), [&](const Scenario& scenario) { return scenario.name == name; });
  return found == scenarios().end() ? nullptr : &*found;
}

Report run_scenario(const Scenario& scenario, std::uint64_t seed) {
  // Another scenario of the same seed is another story.
  std::uint64_t mixed = seed * 0x9E3779B97F4A7C15u;
  for (const char c : scenario.name) mixed = mixed * 131 + static_cast<unsigned char>(c);
  WorldSettings settings;
  settings.regions = scenario.regions;
  settings.store = scenario.store;
  World world(mixed, settings);
  const Instant start = world.loop().now();
  scenario.run(world);
  Report report;
  report.violations = world.violations();
  report.tail = world.trace().tail();
  report.trace_hash = world.trace().hash();
  report.simulated = world.loop().now() - start;
  report.operations = world.operations;
  report.faults = world.faults();
  return report;
}

}  // namespace farshore::sim
