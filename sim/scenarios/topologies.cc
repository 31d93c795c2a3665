// SPDX-License-Identifier: Apache-2.0
#include "sim/scenarios/topologies.h"

#include "sim/scenarios/pair.h"

namespace farshore::sim {

using namespace std::chrono_literals;

namespace {

void rest(World& world, std::vector<SimRule> rules, const std::vector<Workload*>& clients) {
  world.heal_all();
  for (Workload* workload : clients) {
    if (!world.run_until([&] { return workload->finished(); }, 5min)) world.violate("the clients did not finish");
  }
  world.run_for(1s);
  world.heal_all();
  if (world.quiesce(rules)) return;
  for (const SimRule& rule : rules) {
    const auto now = world.progress(rule);
    if (now) world.violate(fmt::format("no rest: {} -> {}: pending {}, parked {}, stall {}", rule.source.name.get(), rule.destination.name.get(), now->pending, now->parked,
                                       now->stall ? now->stall->detail : "none"));
  }
}

/// Every second seed has trouble within so long of the rule's beginning.
void finish_disturbed(World& world, const PairSettings& settings, Duration within) {
  Pair pair(world, settings);
  if (world.random().below(2) == 0) {
    world.run_for(random_time(world, within));
    disturb(world, 0, 1);
    world.run_for(random_time(world, 2s));
  }
  pair.finish();
}

}  // namespace

void history_while_writing(World& world) {
  PairSettings settings;
  settings.versioned = world.random().below(2) == 0;
  settings.workload.keys = 30;
  settings.workload.operations = 400;
  settings.workload.think_max = 15ms;
  settings.operations_before = 200;
  finish_disturbed(world, settings, 1500ms);
}

/// More versions than a page of the listing holds, of few keys: pages end inside a key.
void long_history(World& world) {
  PairSettings settings;
  settings.workload.keys = 2 + world.random().below(4);
  settings.workload.operations = 900;
  settings.workload.writers = 4;
  settings.workload.think_max = 2ms;
  settings.workload.small_bytes_max = 50;
  settings.workload.remove_version_percent = 3;
  settings.workload.large_percent = settings.workload.multipart_percent = 0;
  settings.operations_before = 750;
  finish_disturbed(world, settings, 400ms);
}

/// The owner of the destination deletes replicas for good while the source starts over again and again: what is sent twice stays deleted.
void replicas_deleted(World& world) {
  PairSettings settings;
  settings.workload.keys = 20;
  settings.workload.operations = 200;
  settings.operations_before = 150;
  settings.workload.remove_version_percent = 3;
  settings.workload.large_percent = settings.workload.multipart_percent = 0;
  settings.observe = false;
  Pair pair(world, settings);
  struct Call {
    static Task<Result<void>> remove(World* world, SimBucket bucket, std::string key, VersionId id) {
      CO_TRY(auto opened, co_await world->open(bucket));
      objects::Unconditional anyone;
      CO_TRY_OK(co_await objects::delete_object(OpContext(), opened, anyone, objects::ObjectRef{ObjectKey(std::move(key)), std::move(id)}));
      co_return Result<void>();
    }
  };
  for (int i = 0; i < 12; ++i) {
    world.run_for(random_time(world, 120ms));
    const Stacks stacks = read_stacks(world, pair.destination, false);
    if (!stacks.empty()) {
      const auto chosen = std::next(stacks.begin(), static_cast<std::ptrdiff_t>(world.random().below(stacks.size())));
      const auto& seen = chosen->second[world.random().below(chosen->second.size())];
      world.must("delete a replica", Call::remove(&world, pair.destination, chosen->first, seen.version.id));
    }
    if (world.random().below(3) != 0) continue;
    world.crash(0, CrashKind::kKilled);
    world.restart(0);
  }
  rest(world, {pair.rule}, {pair.clients.get()});
  check_durability(world, pair.source, pair.clients->history(), read_stacks(world, pair.source));
  check_journal(world, pair.destination);
}

void two_way(World& world) {
  const bool versioned = world.random().below(3) != 0;
  world.region(0).clock().skew = random_time(world, 8s) - 4s;
  world.region(1).clock().skew = random_time(world, 8s) - 4s;
  const SimBucket a = world.make_bucket(0, "bucket-a", kSourceAccount, versioned);
  const SimBucket b = world.make_bucket(1, "bucket-b", kSourceAccount, versioned);
  const SimRule there = world.connect(a, b);
  const SimRule back = world.connect(b, a);
  WorkloadSettings settings;
  settings.keys = 5;
  settings.operations = 120;
  Workload at_a(world, a, settings);
  Workload at_b(world, b, settings);
  at_a.start();
  at_b.start();
  for (std::uint64_t faults = world.random().below(4); faults > 0; --faults) {
    world.run_for(random_time(world, 1s));
    disturb(world, 0, 1);
    world.run_for(random_time(world, 2s));
    world.heal_all();
    if (!versioned) continue;
    check_progress(world, there, at_a.history());
    check_progress(world, back, at_b.history());
  }
  // The slower clock is pushed ahead by what comes from the other side; that must not make progress look further than it is.
  while (versioned && !(at_a.finished() && at_b.finished())) {
    world.run_for(random_time(world, 300ms));
    check_progress(world, there, at_a.history());
    check_progress(world, back, at_b.history());
  }
  rest(world, {there, back}, {&at_a, &at_b});
  const Stacks here = read_stacks(world, a);
  const Stacks far = read_stacks(world, b);
  ConvergenceSettings convergence;
  convergence.two_way = true;
  check_convergence(world, there, here, far, convergence);
  check_convergence(world, back, far, here, convergence);
  if (versioned) {
    check_durability(world, a, at_a.history(), here);
    check_durability(world, b, at_b.history(), far);
  }
  check_journal(world, a);
  check_journal(world, b);
}

/// The first rule has been at work for a while when the one that leads back is made: from then on the two buckets are one.
void rule_back_later(World& world) {
  const bool versioned = world.random().below(3) != 0;
  const SimBucket a = world.make_bucket(0, "bucket-a", kSourceAccount, versioned);
  const SimBucket b = world.make_bucket(1, "bucket-b", kSourceAccount, versioned);
  const SimRule there = world.connect(a, b);
  WorkloadSettings settings;
  settings.operations = 15;
  settings.prefix = "early-";
  Workload early(world, a, settings);
  early.start();
  rest(world, {there}, {&early});
  const SimRule back = world.connect(b, a);
  settings.operations = 120;
  settings.prefix = "key-";
  settings.keys = 5;
  Workload at_a(world, a, settings);
  Workload at_b(world, b, settings);
  at_a.start();
  at_b.start();
  if (world.random().below(3) == 0) {
    world.run_for(random_time(world, 1s));
    disturb(world, 0, 1);
    world.run_for(random_time(world, 2s));
  }
  rest(world, {there, back}, {&at_a, &at_b});
  const Stacks here = read_stacks(world, a);
  const Stacks far = read_stacks(world, b);
  ConvergenceSettings convergence;
  convergence.two_way = true;
  check_convergence(world, there, here, far, convergence);
  check_convergence(world, back, far, here, convergence);
  check_journal(world, a);
  check_journal(world, b);
}

void fan_out(World& world) {
  PairSettings settings;
  settings.workload.operations = 150;
  Pair first(world, settings);
  std::vector<SimRule> rules{first.rule};
  std::vector<SimBucket> destinations;
  for (std::size_t region = 2; region < world.regions(); ++region) {
    destinations.push_back(world.make_bucket(region, fmt::format("dst-{}", region), kDestinationAccount));
    rules.push_back(world.connect(first.source, destinations.back()));
  }
  for (int i = 0; i < 3; ++i) {
    world.run_for(random_time(world, 1s));
    disturb(world, 0, 1 + world.random().below(world.regions() - 1));
    world.run_for(random_time(world, 2s));
    if (world.random().below(2) == 0) world.heal_all();
  }
  rest(world, rules, {first.clients.get()});
  first.finish();
  const Stacks here = read_stacks(world, first.source);
  for (std::size_t i = 0; i < destinations.size(); ++i) {
    check_convergence(world, rules[i + 1], here, read_stacks(world, destinations[i]), ConvergenceSettings{});
    check_journal(world, destinations[i]);
  }
}

void fan_in(World& world) {
  const SimBucket destination = world.make_bucket(1, "dst-all", kDestinationAccount);
  const SimBucket one = world.make_bucket(0, "src-one", kSourceAccount);
  const SimBucket two = world.make_bucket(2, "src-two", kSourceAccount);
  world.make_role("role-one", one);
  world.make_role("role-two", two);
  world.set_policy(destination, {"role-one", "role-two"});
  WorkloadSettings settings;
  settings.keys = 5;
  settings.operations = 120;
  settings.remove_version_percent = 5;
  Workload at_one(world, one, settings);
  Workload at_two(world, two, settings);
  WorkloadSettings few = settings;
  few.operations = 40;
  few.writers = 1;
  Workload direct(world, destination, few);  // the owner of the destination writes too
  at_one.start();
  at_two.start();
  direct.start();
  world.run_for(random_time(world, 500ms));
  const SimRule from_one = world.make_rule(one, destination, "role-one");
  const SimRule from_two = world.make_rule(two, destination, "role-two");
  for (int i = 0; i < 3; ++i) {
    world.run_for(random_time(world, 1s));
    disturb(world, 1, world.random().below(2) * 2);
    world.run_for(random_time(world, 2s));
    if (world.random().below(2) == 0) world.heal_all();
  }
  rest(world, {from_one, from_two}, {&at_one, &at_two, &direct});
  const Stacks there = read_stacks(world, destination);
  const Stacks first = read_stacks(world, one);
  const Stacks second = read_stacks(world, two);
  ConvergenceSettings convergence;
  convergence.others_write = true;
  check_convergence(world, from_one, first, there, convergence);
  check_convergence(world, from_two, second, there, convergence);
  check_durability(world, one, at_one.history(), first);
  check_durability(world, two, at_two.history(), second);
  check_durability(world, destination, direct.history(), there);
  check_journal(world, destination);
}

void chain(World& world) {
  PairSettings settings;
  settings.workload.operations = 120;
  settings.observe = false;
  settings.destination_owner = kSourceAccount;  // a rule's role belongs to the account of its source bucket
  Pair first(world, settings);
  const SimBucket end = world.make_bucket(2, "dst-end", kDestinationAccount);
  world.make_role("role-end", first.destination);
  WorkloadSettings few;
  few.operations = 60;
  few.writers = 2;
  few.prefix = "middle-";
  Workload middle(world, first.destination, few);
  middle.start();
  world.set_policy(end, {"role-end"});
  const SimRule onward = world.make_rule(first.destination, end, "role-end");
  world.run_for(random_time(world, 1s));
  disturb(world, 1, 2);
  world.run_for(random_time(world, 2s));
  rest(world, {first.rule, onward}, {first.clients.get(), &middle});
  const Stacks here = read_stacks(world, first.source);
  const Stacks between = read_stacks(world, first.destination);
  const Stacks there = read_stacks(world, end);
  ConvergenceSettings convergence;
  convergence.prefix = "key-";
  check_convergence(world, first.rule, here, between, convergence);
  check_convergence(world, onward, between, there, ConvergenceSettings{});
  for (const auto& [key, stack] : there) {
    if (!key.starts_with("middle-")) world.violate(fmt::format("the replica {} was forwarded", key));
  }
}

void one_hot_key(World& world) {
  PairSettings settings;
  settings.workload.writers = 4;
  settings.workload.keys = 1;
  settings.workload.operations = 600;
  settings.workload.think_max = 10ms;
  settings.workload.remove_percent = 20;
  settings.workload.remove_version_percent = 20;  // markers among them: un-deletes
  settings.workload.tags_percent = 10;
  settings.operations_before = world.random().below(2) * 200;
  Pair pair(world, settings);
  if (world.random().below(2) == 0) {
    world.run_for(random_time(world, 1s));
    disturb(world, 0, 1);
    world.run_for(random_time(world, 2s));
  }
  pair.finish();
}

void unversioned_races(World& world) {
  PairSettings settings;
  settings.versioned = false;
  settings.workload.writers = 4;
  settings.workload.keys = 3;
  settings.workload.operations = 400;
  settings.workload.think_max = 8ms;
  settings.workload.remove_percent = 30;
  settings.operations_before = world.random().below(2) * 100;
  Pair pair(world, settings);
  for (std::uint64_t faults = world.random().below(4); faults > 0; --faults) {
    world.run_for(random_time(world, 700ms));
    disturb(world, 0, 1);
    world.run_for(random_time(world, 1s));
    world.heal_all();
  }
  pair.finish();
}

void prefixes_and_puts(World& world) {
  const SimBucket source = world.make_bucket(0, "src-part", kSourceAccount);
  const SimBucket destination = world.make_bucket(1, "dst-part", kDestinationAccount);
  WorkloadSettings settings;
  settings.operations = 120;
  settings.prefix = "logs/";
  Workload inside(world, source, settings);
  settings.prefix = "other/";
  Workload outside(world, source, settings);
  world.make_role("role-part", source);
  world.set_policy(destination, {"role-part"});
  inside.start();
  outside.start();
  world.run_for(random_time(world, 500ms));
  const SimRule rule = world.make_rule(source, destination, "role-part", "PUT", true, {"logs/"});
  rest(world, {rule}, {&inside, &outside});
  const Stacks here = read_stacks(world, source);
  const Stacks there = read_stacks(world, destination);
  ConvergenceSettings convergence;
  convergence.prefix = "logs/";
  convergence.deletions = false;
  check_convergence(world, rule, here, there, convergence);
  for (const auto& [key, stack] : there) {
    if (!key.starts_with("logs/")) world.violate(fmt::format("{} lies outside the rule's prefixes", key));
  }
  check_journal(world, destination);
}

}  // namespace farshore::sim
