// SPDX-License-Identifier: Apache-2.0
#include "sim/scenarios/clocks.h"

#include "sim/scenarios/pair.h"

namespace farshore::sim {

using namespace std::chrono_literals;

/// The source's clock was hours ahead when the rule was made, is set right while clients write, and once more when the rule is deleted.
/// No state that lasts seconds lasts hours, and progress never claims what is not there.
void clock_set_back(World& world) {
  SimClock& clock = world.region(0).clock();
  clock.skew = 3h + random_time(world, 2h);
  PairSettings settings;
  settings.workload.operations = 150;
  settings.versioned = world.random().below(3) != 0;
  settings.operations_before = world.random().below(2) * 30;
  Pair pair(world, settings);
  world.run_for(random_time(world, 400ms));
  // The link is silent, so that changes wait on both sides of the jump.
  world.silence(0, 1);
  world.run_for(random_time(world, 500ms));
  clock.skew = 1h + random_time(world, 30min);
  world.fault("the source's clock is set back");
  for (int i = 0; i < 4; ++i) {
    world.run_for(random_time(world, 400ms));
    check_progress(world, pair.rule, pair.clients->history());
  }
  world.heal_all();
  for (int i = 0; i < 4; ++i) {
    world.run_for(random_time(world, 400ms));
    check_progress(world, pair.rule, pair.clients->history());
  }
  world.run_for(3s);
  const auto now = world.progress(pair.rule);
  if (!now || now->status == RuleStatus::kStarting) world.violate("a rule keeps starting since the clock was set back");
  pair.finish();
  world.remove_rule(pair.rule);
  clock.skew = 0s;
  world.fault("the source's clock is set back");
  world.run_for(30s);
  if (world.progress(pair.rule)) world.violate("a rule keeps closing since the clock was set back");
}

}  // namespace farshore::sim
