// SPDX-License-Identifier: Apache-2.0
#include "sim/scenarios/pauses.h"

#include "sim/scenarios/pair.h"

namespace farshore::sim {

using namespace std::chrono_literals;

/// Nothing fails, so whatever is written has arrived when clients have paused for some seconds. Nobody's later write may be what wakes the rule.
void writes_and_pauses(World& world) {
  world.loop().work_delay_max = world.random().below(2) == 0 ? 20ms : 2ms;
  const SimBucket source = world.make_bucket(0, "src-pause", kSourceAccount);
  const SimBucket destination = world.make_bucket(1, "dst-pause", kDestinationAccount);
  const SimRule rule = world.connect(source, destination);
  WorkloadSettings settings;
  settings.writers = 2;
  settings.think_max = 300ms;
  std::vector<std::unique_ptr<Workload>> bursts;
  for (int round = 0; round < 25; ++round) {
    settings.operations = 1 + world.random().below(4);
    bursts.push_back(std::make_unique<Workload>(world, source, settings));
    Workload& burst = *bursts.back();
    burst.start();
    if (!world.run_until([&] { return burst.finished() && burst.idle(); }, 1min)) world.violate("the clients did not finish");
    if (world.quiesce({rule}, 10s)) continue;
    const auto now = world.progress(rule);
    return world.violate(now ? fmt::format("{} changes wait though nothing is in their way", now->pending) : "no progress is known");
  }
  const Sequence before = last_sequence(world, source);
  world.run_for(20s);
  if (const auto grown = last_sequence(world, source).get() - before.get(); grown > 4) world.violate(fmt::format("a rule with nothing to do has written {} times", grown));
  check_convergence(world, rule, read_stacks(world, source), read_stacks(world, destination), ConvergenceSettings{});
  check_journal(world, destination);
}

/// Nobody writes any more when the destination goes back to an older copy: the rule has to find out by itself.
void idle_destination_restored(World& world) {
  PairSettings settings;
  settings.versioned = world.random().below(3) != 0;
  settings.operations_before = world.random().below(2) * 30;
  settings.workload.operations = 60;
  settings.observe = false;  // it does go back: that is the scenario
  Pair pair(world, settings);
  world.run_for(random_time(world, 800ms));
  world.region(1).store().back_up();
  pair.let_finish();
  if (!world.quiesce({pair.rule})) world.violate("the rule does not come to rest");
  world.run_for(random_time(world, 8s));
  world.crash(1);
  world.region(1).store().restore_backup();
  world.run_for(random_time(world, 2s));
  world.heal_all();
  // It looks every five seconds, and a dial that failed before is repeated within five.
  world.run_for(12s);
  pair.finish();
}

}  // namespace farshore::sim
