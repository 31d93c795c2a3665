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
    world.run_until([&] { return link.bytes_sent > now + (2u << 20); }, 30s);
  }
  pair.finish();
  // Sent again is at most what was in flight when the connections broke: the window and one frame of each range under way.
  const std::uint64_t sent = link.bytes_sent - before;
  const std::uint64_t allowed = kSize + (200u << 10) + cuts * 12 * (768u << 10) + (512u << 10);
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

void destination_full(World& world) {
  PairSettings settings;
  Pair pair(world, settings);
  world.run_for(random_time(world, 1s));
  world.region(1).store().set_full(true);
  world.run_for(20s + random_time(world, 5s));
  const auto stalled = world.progress(pair.rule);
  if (!stalled || !stalled->stall || stalled->stall->reason != replication::Reason::kDestinationFull) world.violate("a full destination is not shown as the reason of a stall");
  world.region(1).store().set_full(false);
  pair.finish();
}

}  // namespace farshore::sim
