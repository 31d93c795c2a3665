// SPDX-License-Identifier: Apache-2.0
#include "sim/scenarios/same_id.h"

#include <array>

#include "sim/scenarios/pair.h"

namespace farshore::sim {

using namespace std::chrono_literals;

namespace {

struct Contender {
  SimBucket destination;
  std::string role;
  Duration delay{};
  std::optional<Result<RuleId>> answer;
};

Task<void> ask(World* world, SimBucket source, Contender* contender) {
  static_cast<void>(co_await sleep_for(world->loop(), OpContext(), contender->delay));
  replication::RuleRequest request;
  request.id = "backup";
  request.action = "ALL";
  request.destination_bucket = contender->destination.name.get();
  request.destination_location = location_of(world->region(contender->destination.region).id());
  request.historical = "enabled";
  request.sync_role = contender->role;
  auto bucket = co_await world->open(source);
  if (!bucket) co_return;
  objects::Unconditional anyone;
  contender->answer.emplace(co_await world->region(source.region).rules().add(OpContext(), *bucket, anyone, std::move(request)));
}

std::size_t registrations(World& world, const SimBucket& destination) {
  const auto bucket = world.run(world.open(destination));
  return bucket ? (*bucket)->settings().incoming_rules.size() : 0;
}

}  // namespace

/// Exactly one wins. The other one leaves nothing at any destination, neither a registration nor its own role in the winner's, and
/// the winner's does not expire as if it had never been confirmed.
void same_rule_id(World& world) {
  const SimBucket source = world.make_bucket(0, "src-both", kSourceAccount);
  std::array<Contender, 2> contenders;
  const bool one_destination = world.random().below(2) == 0;
  for (std::size_t i = 0; i < contenders.size(); ++i) {
    Contender& contender = contenders[i];
    contender.role = fmt::format("role-{}", i);
    contender.destination = i == 1 && one_destination ? contenders[0].destination : world.make_bucket(i + 1, fmt::format("dst-{}", i), kDestinationAccount);
    contender.delay = random_time(world, 150ms);
    world.make_role(contender.role, source);
  }
  for (const Contender& contender : contenders) world.set_policy(contender.destination, {contenders[0].role, contenders[1].role});

  TaskScope asking(world.loop());
  for (Contender& contender : contenders) asking.spawn(ask(&world, source, &contender));
  world.run_until([&] { return asking.size() == 0; }, 1min);
  asking.abandon();
  std::vector<Contender*> winners, losers;
  for (Contender& contender : contenders) {
    if (!contender.answer) return world.violate("a request got no answer");
    (*contender.answer ? winners : losers).push_back(&contender);
  }
  if (winners.size() != 1) return world.violate(fmt::format("{} of two requests with one id were accepted", winners.size()));
  const Error& refusal = losers.front()->answer->error();
  if (refusal.code() != ErrorCode::kInvalidArgument) world.violate("the second request was refused for another reason: " + refusal.text());
  const SimBucket& destination = winners.front()->destination;
  world.run_for(10s);
  if (registrations(world, destination) != 1) world.violate("the winner's destination does not list exactly one rule");
  if (!one_destination && registrations(world, losers.front()->destination) != 0) world.violate("the refused request left a registration at its destination");

  SimRule rule;
  rule.id = RuleId("backup");
  rule.source = source;
  rule.destination = destination;
  rule.role = winners.front()->role;
  world.set_policy(destination, {winners.front()->role});
  WorkloadSettings writing;
  writing.operations = 40;
  Workload clients(world, source, writing);
  clients.start();
  world.run_until([&] { return clients.finished(); }, 1min);
  // Another rule to the same destination sweeps out registrations that were never confirmed.
  world.run_for(11min);
  const SimBucket other = world.make_bucket(0, "src-other", kSourceAccount);
  world.make_role("role-other", other);
  world.set_policy(destination, {winners.front()->role, "role-other"});
  world.make_rule(other, destination, "role-other");
  world.crash(destination.region);
  world.heal_all();
  Workload late(world, source, writing);
  late.start();
  world.run_until([&] { return late.finished(); }, 1min);
  if (!world.quiesce({rule})) {
    const auto now = world.progress(rule);
    world.violate("the winner's rule does not reach the end: " + (now && now->stall ? now->stall->detail : std::string("no stall")));
  }
  check_convergence(world, rule, read_stacks(world, source), read_stacks(world, destination), ConvergenceSettings{});
}

}  // namespace farshore::sim
