// SPDX-License-Identifier: Apache-2.0
// Scenarios in which links and machines fail.
#include "sim/scenarios/faults.h"

#include "sim/scenarios/pair.h"

namespace farshore::sim {

using namespace std::chrono_literals;

void quiet_days(World& world) {
  PairSettings settings;
  settings.versioned = world.random().below(3) != 0;
  settings.operations_before = world.random().below(2) * 60;
  Pair pair(world, settings);
  pair.finish();
}

void link_cut_in_transfer(World& world) {
  constexpr std::size_t kSize = 36u << 20;
  PairSettings settings;
  settings.workload.operations = 1;
  settings.workload.writers = 1;
  settings.workload.keys = 1;
  settings.workload.remove_percent = settings.workload.remove_version_percent = settings.workload.tags_percent = 0;
  settings.workload.large_percent = 100;
  settings.workload.large_bytes = kSize;
  Pair pair(world, settings);
  SimLink& link = world.link(0, 1);
  link.bytes_per_second = 10u << 20;
  link.bytes_in_flight_max = 256u << 10;
  const std::uint64_t before = link.bytes_sent;
  world.run_until([&] { return pair.clients->finished() && link.bytes_sent > before + (1u << 20); }, 1min);
  std::uint64_t cuts = 0;
  for (std::uint64_t more = 1 + world.random().below(4); more > 0; --more) {
    world.run_for(random_time(world, 400ms));
    world.cut(0, 1);
    ++cuts;
    world.run_for(random_time(world, 2s));
    world.heal(0, 1);
    const std::uint64_t now = link.bytes_sent;
    // Far enough that losing it all would be more than what is allowed.
    world.run_until([&] { return link.bytes_sent > now + (14u << 20); }, 30s);
  }
  pair.finish();
  // Sent again is at most what was in flight when the connections broke: the window, and one frame of each range under way, of which there are five.
  const std::uint64_t sent = link.bytes_sent - before;
  const std::uint64_t allowed = kSize + (200u << 10) + cuts * 5 * (512u << 10) + (512u << 10);
  if (sent > allowed) world.violate(fmt::format("{} bytes were sent for an object of {} bytes and {} cuts; {} would do", sent, kSize, cuts, allowed));
}

void crash_anywhere(World& world) {
  PairSettings settings;
  settings.versioned = world.random().below(3) != 0;
  settings.operations_before = world.random().below(2) * 40;
  settings.workload.operations = 200;
  Pair pair(world, settings);
  for (int i = 0; i < 6; ++i) {
    world.run_steps(world.random().below(20000));
    world.run_for(random_time(world, 500ms));
    const std::size_t victim = world.random().below(2);
    world.crash(victim);
    if (world.random().below(3) == 0) world.crash(1 - victim);
    world.run_for(random_time(world, 3s));
    world.restart(0);
    world.restart(1);
    check_progress(world, pair.rule, pair.clients->history());
  }
  pair.finish();
}

void everything_breaks(World& world) {
  PairSettings settings;
  settings.versioned = world.random().below(3) != 0;
  settings.operations_before = world.random().below(2) * 40;
  settings.workload.operations = 250;
  settings.workload.large_percent = 8;
  Pair pair(world, settings);
  for (int i = 0; i < 10; ++i) {
    world.run_for(random_time(world, 1s));
    world.run_steps(world.random().below(3000));
    disturb(world, 0, 1);
    if (world.random().below(3) == 0) disturb(world, 0, 1);
    world.run_for(random_time(world, world.random().below(5) == 0 ? Duration(40s) : Duration(2s)));
    if (world.random().below(3) != 0) world.heal_all();
    check_progress(world, pair.rule, pair.clients->history());
  }
  pair.finish();
}

void destination_restored(World& world) {
  PairSettings settings;
  settings.versioned = world.random().below(3) != 0;
  settings.operations_before = world.random().below(2) * 60;
  settings.workload.operations = 250;
  settings.observe = false;  // it does go back: that is the scenario
  Pair pair(world, settings);
  world.run_for(random_time(world, 1500ms));
  world.region(1).store().back_up();
  world.run_for(500ms + random_time(world, 2s));
  const bool source_too = world.random().below(3) == 0;
  if (source_too) world.crash(0);
  world.crash(1);
  world.region(1).store().restore_backup();
  world.run_for(random_time(world, 2s));
  world.heal_all();
  // An idle rule looks every five seconds whether the destination stands where it stood; until then it cannot know.
  world.run_for(12s);
  pair.finish();
}

/// The same while history is being copied, and nothing else: history has no sequences by which a destination could tell what it has lost.
void history_restored(World& world) {
  PairSettings settings;
  settings.versioned = world.random().below(3) != 0;
  settings.workload.keys = 60;
  settings.workload.operations = settings.operations_before = 300;
  settings.workload.think_max = 5ms;
  settings.observe = false;
  const bool slow = world.random().below(2) == 0;
  world.region(1).store().content_delay_max = slow ? 400ms : 0ms;
  Pair pair(world, settings);
  // Now and then a large object is on its way all the time, so that no sequence is settled while history is.
  WorkloadSettings large;
  large.writers = large.keys = large.operations = 1;
  large.prefix = "large-";
  large.think_max = {};
  large.remove_percent = large.remove_version_percent = large.tags_percent = large.multipart_percent = large.copy_percent = 0;
  large.large_percent = 100;
  large.large_bytes = 3u << 20;
  Workload beside(world, pair.source, large);
  if (world.random().below(2) == 0) {
    world.link(0, 1).bytes_per_second = 200u << 10;
    beside.start();
  }
  world.run_for(random_time(world, 1500ms));
  world.region(1).store().back_up();
  world.run_for(random_time(world, 1500ms));
  if (world.random().below(3) == 0) world.crash(0);
  world.crash(1);
  world.region(1).store().restore_backup();
  world.run_for(random_time(world, 2s));
  world.heal_all();
  world.link(0, 1).bytes_per_second = 0;
  world.run_for(12s);
  pair.let_finish();
  if (!world.quiesce({pair.rule})) world.violate("the rule does not come to rest");
  check_convergence(world, pair.rule, read_stacks(world, pair.source), read_stacks(world, pair.destination), pair.convergence());
}

void destination_full(World& world) {
  PairSettings settings;
  Pair pair(world, settings);
  world.run_for(random_time(world, 1s));
  world.region(1).store().set_full(true);
  world.run_for(20s + random_time(world, 5s));
  const auto now = world.progress(pair.rule);
  // The clients may have been done before, and everything there.
  const bool waits = !now || now->pending > 0 || now->historical.value_or(1.0) < 1.0;
  if (waits && (!now || !now->stall || now->stall->reason != replication::Reason::kDestinationFull)) world.violate("a full destination is not shown as the reason of a stall");
  world.region(1).store().set_full(false);
  pair.finish();
}

/// The destination takes seconds over a content, the link breaks meanwhile, and what is still being stored there has been deleted for good when it is done.
void deleted_on_the_way(World& world) {
  PairSettings settings;
  settings.workload.operations = 250;
  settings.workload.keys = 4;
  settings.workload.remove_version_percent = 35;
  settings.workload.remove_newest = true;
  settings.workload.large_percent = 0;
  Pair pair(world, settings);
  world.region(1).store().content_delay_max = 2s;
  for (int i = 0; i < 20; ++i) {
    world.run_for(random_time(world, 400ms));
    if (world.random().below(4) == 0) {
      world.crash(0, CrashKind::kKilled);
      world.restart(0);
    } else {
      world.reset(0, 1);
    }
  }
  world.region(1).store().content_delay_max = {};
  pair.finish();
}

/// What a start leaves to its workers is done late, when clients have long been writing again.
void slow_starts(World& world) {
  PairSettings settings;
  settings.workload.operations = 400;
  settings.workload.large_percent = 30;
  Pair pair(world, settings);
  for (int i = 0; i < 24; ++i) {
    world.run_for(random_time(world, 200ms));
    const std::size_t region = world.random().below(2);
    world.crash(region, world.random().below(2) == 0 ? CrashKind::kKilled : CrashKind::kPowerCut);
    world.loop().work_stall_max = 1500ms;
    world.restart(region);
    world.run_for(random_time(world, 700ms));
    world.loop().work_stall_max = {};
  }
  pair.finish();
}

}  // namespace farshore::sim
