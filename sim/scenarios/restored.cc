// SPDX-License-Identifier: Apache-2.0
#include "sim/scenarios/restored.h"

#include "sim/scenarios/pair.h"

namespace farshore::sim {

using namespace std::chrono_literals;
using replication::Reason;

namespace {

Task<Result<void>> trim_all(World* world, SimBucket bucket) {
  CO_TRY(auto opened, co_await world->open(bucket));
  co_return co_await opened->partition().trim_journal(OpContext(), opened->partition().last_sequence());
}

}  // namespace

/// The destination comes back from a copy so old that the source's journal no longer reaches back to it: the bucket is walked instead,
/// whether the rule has history or not, and whatever happens to the source during the walk.
void journal_gap(World& world) {
  PairSettings settings;
  settings.versioned = world.random().below(3) != 0;
  settings.historical = world.random().below(2) == 0;
  settings.operations_before = settings.historical ? world.random().below(2) * 40 : 0;
  settings.workload.operations = 250;
  settings.workload.keys = 4 + world.random().below(60);
  settings.observe = false;  // the destination does go back: that is the scenario
  // What was deleted inside the gap is not found by the walk; where nobody deletes, both ends must become one.
  const bool deletions = world.random().below(2) == 0;
  if (!deletions) settings.workload.remove_version_percent = 0;
  if (!deletions && !settings.versioned) settings.workload.remove_percent = 0;
  Pair pair(world, settings);
  world.run_for(random_time(world, 1500ms));
  world.region(1).store().back_up();
  world.run_for(500ms + random_time(world, 1500ms));
  world.must("trim the journal", trim_all(&world, pair.source));
  world.crash(1);
  world.region(1).store().restore_backup();
  world.run_for(random_time(world, 2s));
  world.heal_all();
  // The walk is short, so trouble comes soon.
  for (std::uint64_t more = world.random().below(4); more > 0; --more) {
    world.run_for(random_time(world, 700ms));
    world.run_steps(world.random().below(1000));
    world.random().below(2) == 0 ? world.crash(0) : disturb(world, 0, 1);
    world.run_for(random_time(world, 1s));
    world.heal_all();
  }
  // An idle rule looks every five seconds whether the destination stands where it stood; until then it cannot know.
  world.run_for(12s);
  world.heal_all();
  pair.let_finish();
  if (!world.quiesce({pair.rule})) world.violate("no rest behind a gap in the journal");
  check_progress(world, pair.rule, pair.clients->history());
  ConvergenceSettings convergence = pair.convergence();
  convergence.deletions = !deletions;
  pair.check(convergence);
}

/// The source comes back from an older copy, so its sequences will be given a second time. The rule says so, sends nothing that could
/// be taken for what it sent in its former life, and a rule made anew carries everything.
void source_restored(World& world) {
  PairSettings settings;
  settings.source_region = 1;  // region 0 is the realm's home
  settings.destination_region = 0;
  settings.workload.operations = 1500;
  // What the former life deleted or tagged stays so at the destination: nobody can tell it from what was meant to last.
  settings.workload.remove_version_percent = settings.workload.tags_percent = 0;
  settings.observe = false;
  Pair pair(world, settings);
  world.run_for(500ms + random_time(world, 1s));
  world.region(1).store().back_up();
  const Sequence copied = last_sequence(world, pair.source);
  world.run_for(2s + random_time(world, 2s));
  world.crash(1);
  world.region(1).store().restore_backup();
  world.run_for(2s);  // what was under way lands
  const Sequence from = last_sequence(world, pair.destination);
  // The clients are back before the link is, and write more than was lost.
  const bool late = world.random().below(2) == 0;
  if (late) world.cut(0, 1);
  world.restart(1);
  if (late) world.run_for(6s);
  world.heal_all();
  world.run_for(8s);
  const auto now = world.progress(pair.rule);
  if (!now || !now->stall || now->stall->reason != Reason::kSourceRestored) {
    world.violate(fmt::format("a source restored to sequence {} is not shown as the reason of a stall: {}", copied.get(), now && now->stall ? now->stall->detail : "there is none"));
  }
  check_nothing_written(world, pair.destination, pair.source.id, from, last_sequence(world, pair.destination), "the source was restored from an older copy");
  world.remove_rule(pair.rule);
  world.run_for(20s);
  if (world.progress(pair.rule)) world.violate("the rule does not go");
  pair.rule = world.make_rule(pair.source, pair.destination, pair.rule.role);
  if (!world.run_until([&] { return pair.clients->finished(); }, 5min)) world.violate("the clients did not finish");
  world.run_for(1s);
  if (!world.quiesce({pair.rule})) world.violate("the new rule does not reach the end");
  ConvergenceSettings convergence;
  convergence.others_write = true;  // the destination keeps what the source lost
  check_convergence(world, pair.rule, read_stacks(world, pair.source), read_stacks(world, pair.destination), convergence);
  check_journal(world, pair.destination);
}

}  // namespace farshore::sim
