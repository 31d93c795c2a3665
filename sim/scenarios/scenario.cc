// SPDX-License-Identifier: Apache-2.0
#include "sim/scenarios/scenario.h"

#include <algorithm>

#include "sim/campaign/campaign.h"
#include "sim/scenarios/clocks.h"
#include "sim/scenarios/faults.h"
#include "sim/scenarios/pauses.h"
#include "sim/scenarios/restored.h"
#include "sim/scenarios/rights.h"
#include "sim/scenarios/same_id.h"
#include "sim/scenarios/topologies.h"

namespace farshore::sim {

const std::vector<Scenario>& scenarios() {
  static const std::vector<Scenario> kAll = {
      {"campaign", "everything is drawn from the seed: realm, rules, clients, settings and troubles", 0, nullptr},
      {"quiet", "nothing fails", 2, quiet_days},
      {"link-cut", "a link is cut in the transfer of a large object, which is resumed", 2, link_cut_in_transfer},
      {"crash", "either side crashes at any step, under load", 2, crash_anywhere},
      {"chaos", "crashes, cuts, silences and resets in any order", 2, everything_breaks},
      {"full", "the destination's disk is full for a while", 2, destination_full},
      {"late-content", "what is still being stored at the destination is deleted for good meanwhile", 2, deleted_on_the_way},
      {"slow-start", "background work of a start is done late, while clients write", 2, slow_starts, StoreKind::kLocal},
      {"backup", "the destination loses hours and comes back from a backup", 2, destination_restored, StoreKind::kMemory},
      {"backup-history", "the same while history is being copied", 2, history_restored, StoreKind::kMemory},
      {"journal-gap", "the destination comes back from a copy older than the source's journal", 2, journal_gap, StoreKind::kMemory},
      {"source-restored", "the source comes back from an older copy, and gives its sequences a second time", 2, source_restored, StoreKind::kMemory},
      {"same-id", "two requests make a rule under one id at the same time", 3, same_rule_id},
      {"clocks", "the source's clock is set back by hours, with the rule made, used and deleted", 2, clock_set_back},
      {"rights", "a right is withdrawn and restored: role policy, bucket policy, trust", 2, right_withdrawn},
      {"role-deleted", "the role is deleted; its name alone gives nothing back", 2, role_deleted},
      {"parked", "deletions lack ReplicateDelete for a while", 2, deletions_parked},
      {"overtaken", "a parked deletion is overtaken by a later put of its key, and the destination's owner writes on", 2, deletion_overtaken},
      {"closing", "the rule is removed while clients write", 2, rule_closing},
      {"destination-deleted", "the destination bucket is deleted and made again", 2, destination_deleted},
      {"history", "history is copied while writes go on", 2, history_while_writing},
      {"long-history", "history of more versions than a page of the listing holds, under few keys", 2, long_history},
      {"replicas-deleted", "the owner of the destination deletes replicas while the source starts over", 2, replicas_deleted},
      {"two-way", "two rules between two buckets, with skewed clocks", 2, two_way},
      {"rule-back-later", "the rule that leads back is made when the first one has been at work", 2, rule_back_later},
      {"fan-out", "one source, three destinations", 4, fan_out},
      {"fan-in", "two sources and the owner write to one destination", 3, fan_in},
      {"chain", "A to B and B to C: replicas are not forwarded", 3, chain},
      {"hot-key", "600 changes of one key by four writers", 2, one_hot_key},
      {"unversioned", "overwrites and deletions without versioning", 2, unversioned_races},
      {"pauses", "a few writes, then nothing, again and again", 2, writes_and_pauses, StoreKind::kLocal},
      {"backup-idle", "the destination comes back from a backup when nobody writes any more", 2, idle_destination_restored, StoreKind::kMemory},
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
  const auto report = [](const World& world, Instant start) {
    Report out;
    out.violations = world.violations();
    out.tail = world.trace().tail();
    out.trace_hash = world.trace().hash();
    out.events = world.trace().events();
    out.simulated = world.loop().now() - start;
    out.operations = world.operations;
    out.faults = world.faults();
    return out;
  };
  if (scenario.run == nullptr) {
    SimRandom dice(mixed);
    const Plan plan = draw_plan(dice);
    World world(mixed, plan.world);
    const Instant start = world.loop().now();
    run_campaign(world, plan);
    return report(world, start);
  }
  WorldSettings settings;
  settings.regions = scenario.regions;
  settings.store = scenario.store;
  World world(mixed, settings);
  const Instant start = world.loop().now();
  scenario.run(world);
  return report(world, start);
}

}  // namespace farshore::sim
