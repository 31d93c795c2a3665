// SPDX-License-Identifier: Apache-2.0
#include "sim/scenarios/rights.h"

#include "sim/scenarios/pair.h"

namespace farshore::sim {

using namespace std::chrono_literals;
using replication::Reason;

namespace {

void expect_stall(World& world, const SimRule& rule, std::initializer_list<Reason> reasons) {
  const auto now = world.progress(rule);
  if (!now || !now->stall) return world.violate("a rule without its right does not show a stall");
  for (const Reason reason : reasons) {
    if (now->stall->reason == reason) return;
  }
  world.violate(fmt::format("the stall names {}: {}", replication::reason_name(now->stall->reason), now->stall->detail));
}

/// A key whose last word is a deletion that cannot have been carried: the right was away before it was asked for. (Without versioning, one
/// that a later put overtakes need not wait any longer.)
bool ends_deleted(const History& history, Instant since) {
  for (const auto& [key, ops] : history.by_key()) {
    if (ops.size() < 2) continue;
    const ClientOp& before = *ops[ops.size() - 2];
    const ClientOp& last = *ops.back();
    const bool in_turn = before.fate == OpFate::kAcknowledged && last.fate == OpFate::kAcknowledged && before.ended <= last.started && before.started > since;
    if (in_turn && before.kind == OpKind::kPut && last.kind == OpKind::kRemove) return true;
  }
  return false;
}

}  // namespace

void right_withdrawn(World& world) {
  PairSettings settings;
  settings.versioned = world.random().below(3) != 0;
  settings.workload.operations = 400;
  settings.operations_before = world.random().below(2) * 60;
  Pair pair(world, settings);
  const bool faults = world.random().below(2) == 0;
  for (int round = 0; round < 3; ++round) {
    world.run_for(random_time(world, 1s));
    const std::uint64_t which = world.random().below(3);
    Sequence from;
    if (which == 0) {
      world.set_policy(pair.destination, {});
      // The commit of the withdrawal itself is the last thing that may precede.
      auto bucket = world.run(world.open(pair.destination));
      from = bucket ? (*bucket)->guard().version : Sequence();
    } else {
      if (which == 1) world.detach_policy(pair.rule.role);
      if (which == 2) world.set_trust(pair.rule.role, false);
      // A lost right of the source's takes effect within a second.
      world.run_for(1s);
      from = last_sequence(world, pair.destination);
    }
    if (faults) disturb(world, 0, 1);
    world.run_for(2s + random_time(world, 12s));
    world.heal_all();
    // Something must be tried before it can be refused: where the link was silent, a dial may end 10 s later, the next begins up to 5 s
    // after it, and a change probes up to 3 s after that. Until then "unreachable" is the truth.
    world.run_for(20s);
    const auto now = world.progress(pair.rule);
    if (now && now->pending > 0) {
      if (which == 0) expect_stall(world, pair.rule, {Reason::kDestinationDenied});
      if (which == 1) expect_stall(world, pair.rule, {Reason::kSourceDenied});
      if (which == 2) expect_stall(world, pair.rule, {Reason::kRoleGone});
    }
    check_nothing_written(world, pair.destination, pair.source.id, from, last_sequence(world, pair.destination), "the right was away");
    if (which == 0) world.set_policy(pair.destination, {pair.rule.role});
    if (which == 1) world.attach_policy(pair.rule.role);
    if (which == 2) world.set_trust(pair.rule.role, true);
  }
  pair.finish();
}

void role_deleted(World& world) {
  PairSettings settings;
  settings.workload.operations = 300;
  settings.workload.think_max = 200ms;
  Pair pair(world, settings);
  world.run_for(random_time(world, 2s));
  world.delete_role(pair.rule.role);
  world.run_for(1s);
  const Sequence from = last_sequence(world, pair.destination);
  pair.observer->stop();
  world.run_for(15s);
  // The name alone gives no right back: the rule is bound to the role's id.
  const std::string again = pair.rule.role;
  world.must("create role", world.region(0).roles().create(OpContext(), identity::CreateRole{kSourceAccount, again,
      R"({"Version":"1","Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":["oss.aliyuncs.com"]}}]})", "", {}}));
  world.attach_policy(again);
  world.run_for(15s);
  expect_stall(world, pair.rule, {Reason::kRoleGone});
  check_nothing_written(world, pair.destination, pair.source.id, from, last_sequence(world, pair.destination), "the role was deleted");
  world.remove_rule(pair.rule);
  world.run_for(20s);
  if (world.progress(pair.rule)) world.violate("the rule does not go");
  pair.rule = world.make_rule(pair.source, pair.destination, again);
  world.heal_all();
  pair.let_finish();
  if (!world.quiesce({pair.rule})) world.violate("the new rule does not reach the end");
  ConvergenceSettings convergence;
  convergence.deletions = false;  // deletions made while there was no rule are nobody's
  const Stacks here = read_stacks(world, pair.source);
  check_durability(world, pair.source, pair.clients->history(), here);
  check_convergence(world, pair.rule, here, read_stacks(world, pair.destination), convergence);
  check_journal(world, pair.destination);
}

void deletions_parked(World& world) {
  PairSettings settings;
  settings.versioned = world.random().below(3) != 0;
  settings.workload.operations = 200;
  Pair pair(world, settings);
  world.run_for(random_time(world, 1s));
  world.set_policy(pair.destination, {pair.rule.role}, false);
  auto bucket = world.run(world.open(pair.destination));
  const Sequence from = bucket ? (*bucket)->guard().version : Sequence();
  const Instant withdrawn = world.loop().now();
  if (world.random().below(2) == 0) {
    world.run_for(random_time(world, 3s));
    disturb(world, 0, 1);
    world.run_for(random_time(world, 5s));
    world.heal_all();
  }
  pair.let_finish();
  world.run_for(15s);
  for (const JournalLine& line : read_journal(world, pair.destination)) {
    const bool deletes = line.change.kind == ChangeKind::kDeleteVersion || line.change.kind == ChangeKind::kInsertMarker;
    if (deletes && line.sequence > from) world.violate(fmt::format("a deletion of {} was applied without oss:ReplicateDelete", line.change.key.get()));
  }
  const auto now = world.progress(pair.rule);
  if (!now || now->stall) world.violate("missing ReplicateDelete stalls the rule" + (now && now->stall ? ": " + now->stall->detail : std::string()));
  if (now && now->pending > 0) world.violate(fmt::format("{} changes are pending beside the parked ones", now->pending));
  if (now && now->parked == 0 && (settings.versioned || ends_deleted(pair.clients->history(), withdrawn))) world.violate("no deletion is parked");
  world.set_policy(pair.destination, {pair.rule.role});
  pair.finish();
}

/// Without versioning, the deletion that waits means nothing once a later put of the key has been delivered: it does not end what
/// the destination's owner writes afterwards.
void deletion_overtaken(World& world) {
  const SimBucket source = world.make_bucket(0, "src-over", kSourceAccount, false);
  const SimBucket destination = world.make_bucket(1, "dst-over", kDestinationAccount, false);
  const SimRule rule = world.connect(source, destination);
  world.set_policy(destination, {rule.role}, false);
  WorkloadSettings writing;
  writing.keys = writing.writers = 1;
  writing.operations = 30;
  writing.remove_percent = 50;
  Workload clients(world, source, writing);
  clients.start();
  world.run_until([&] { return clients.finished() && clients.idle(); }, 1min);
  const auto write = [&](const SimBucket& bucket) {
    WorkloadSettings one = writing;
    one.operations = 1;
    one.remove_percent = one.remove_version_percent = one.tags_percent = one.copy_percent = 0;
    Workload writer(world, bucket, one);
    writer.start();
    world.run_until([&] { return writer.finished() && writer.idle(); }, 1min);
  };
  write(source);
  if (world.random().below(2) == 0) {
    disturb(world, 0, 1);
    world.run_for(random_time(world, 2s));
    world.heal_all();
  }
  if (!world.quiesce({rule})) world.violate("a deletion waits although a later put of its key was delivered");
  write(destination);
  const Stacks owners = read_stacks(world, destination);
  world.set_policy(destination, {rule.role});
  world.run_for(30s);
  const Stacks there = read_stacks(world, destination);
  if (there.size() != 1 || !(there.begin()->second.front().version.order == owners.begin()->second.front().version.order)) {
    world.violate("a deletion from before the last put ended what the owner wrote since");
  }
  check_journal(world, destination);
}

void rule_closing(World& world) {
  PairSettings settings;
  settings.workload.operations = 300;
  settings.workload.think_max = 100ms;
  settings.operations_before = 20;
  Pair pair(world, settings);
  world.run_for(random_time(world, 3s));
  world.remove_rule(pair.rule);
  pair.observer->stop();
  if (world.random().below(2) == 0) {
    world.run_for(random_time(world, 6s));
    disturb(world, 0, 1);
    world.run_for(random_time(world, 8s));
  } else if (world.random().below(2) == 0) {
    // The very commit that takes the rule away fails, done or not done.
    pair.clients->stop();
    world.run_for(4900ms);
    world.strike(0);
  }
  world.heal_all();
  world.run_for(30s);
  if (world.progress(pair.rule)) world.violate("a closing rule does not go");
  auto there = world.run(world.open(pair.destination));
  if (there && !(*there)->settings().incoming_rules.empty()) world.violate("the destination still lists the rule");
  auto here = world.run(world.open(pair.source));
  if (here && !(*here)->settings().outgoing_rules.empty()) world.violate("the source still lists the rule");
  const Sequence from = last_sequence(world, pair.destination);
  pair.let_finish();
  check_nothing_written(world, pair.destination, pair.source.id, from, last_sequence(world, pair.destination), "the rule is gone");
  const Stacks stacks = read_stacks(world, pair.source);
  check_durability(world, pair.source, pair.clients->history(), stacks);
  check_journal(world, pair.destination);
}

void destination_deleted(World& world) {
  PairSettings settings;
  settings.observe = false;
  settings.workload.operations = 60;
  settings.workload.keys = 5;
  // Nothing is written before the bucket goes, for only an empty one can.
  const SimBucket source = world.make_bucket(0, "src-gone", kSourceAccount);
  const SimBucket destination = world.make_bucket(1, "dst-gone", kDestinationAccount);
  const SimRule rule = world.connect(source, destination);
  struct Call {
    static Task<Result<void>> remove(World* world, SimBucket bucket) {
      CO_TRY(auto opened, co_await world->open(bucket));
      objects::Unconditional anyone;
      auto& region = world->region(bucket.region);
      CO_TRY_OK(co_await region.objects().buckets().remove(OpContext(), opened, anyone));
      CO_TRY_OK(co_await region.objects().buckets().drop(OpContext(), bucket.id));
      co_return co_await region.registry().unregister_bucket(OpContext(), bucket.name, bucket.id);
    }
  };
  Workload clients(world, source, settings.workload);
  world.must("delete bucket", Call::remove(&world, destination));
  clients.start();
  world.run_until([&] { return clients.finished(); }, 1min);
  world.run_for(5s);
  expect_stall(world, rule, {Reason::kDestinationGone});
  // Another bucket of the same name is another bucket.
  const SimBucket other = world.make_bucket(1, "dst-gone", kDestinationAccount);
  world.set_policy(other, {rule.role});
  if (world.random().below(2) == 0) {
    world.crash(1);
    world.run_for(random_time(world, 1s));
    world.heal_all();
  }
  world.run_for(15s);
  expect_stall(world, rule, {Reason::kDestinationGone});
  if (!read_stacks(world, other).empty()) world.violate("a bucket that no rule names was written to");
  world.remove_rule(rule);
  world.run_for(20s);
  if (world.progress(rule)) world.violate("a rule to a bucket that is gone cannot be removed");
  const Stacks stacks = read_stacks(world, source);
  check_durability(world, source, clients.history(), stacks);
}

}  // namespace farshore::sim
