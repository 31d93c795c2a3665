// SPDX-License-Identifier: Apache-2.0
#include "sim/scenarios/pair.h"

namespace farshore::sim {

using namespace std::chrono_literals;

Duration random_time(World& world, Duration longest) { return Duration(static_cast<std::int64_t>(world.random().below(static_cast<std::uint64_t>(longest.count()) + 1))); }

Pair::Pair(World& in, PairSettings chosen) : world(in), settings(std::move(chosen)) {
  source = world.make_bucket(settings.source_region, "src-" + settings.name, kSourceAccount, settings.versioned);
  destination = world.make_bucket(settings.destination_region, "dst-" + settings.name, settings.destination_owner, settings.versioned);
  clients = std::make_unique<Workload>(world, source, settings.workload);
  if (settings.operations_before > 0) {
    clients->start();
    world.run_until([&] { return clients->history().all().size() >= settings.operations_before; }, 2min);
  }
  rule = world.connect(source, destination, settings.action, settings.historical);
  observer = std::make_unique<Observer>(world, destination, clients->history());
  if (settings.observe) observer->start();
  if (settings.operations_before == 0) clients->start();
}

void Pair::let_finish(Duration horizon) {
  const Instant end = world.loop().now() + horizon;
  while (!clients->finished() && world.loop().now() < end) {
    world.run_until([&] { return clients->finished(); }, random_time(world, 2s) + 1ms);
    check_progress(world, rule, clients->history());
  }
  if (!clients->finished()) world.violate("the clients did not finish");
  world.run_for(1s);
}

ConvergenceSettings Pair::convergence() const {
  ConvergenceSettings out;
  out.deletions = settings.action == "ALL";
  return out;
}

void Pair::check(ConvergenceSettings convergence) {
  const Stacks here = read_stacks(world, source);
  const Stacks there = read_stacks(world, destination);
  check_durability(world, source, clients->history(), here);
  check_convergence(world, rule, here, there, convergence);
  check_journal(world, destination);
}

void Pair::finish() {
  world.heal_all();
  let_finish();
  world.heal_all();
  if (!world.quiesce({rule})) {
    const auto now = world.progress(rule);
    world.violate(now ? fmt::format("no rest: pending {}, parked {}, history {} ({} of {}), stall {}", now->pending, now->parked, now->historical.value_or(-1),
                                    now->historical_settled, now->historical_total, now->stall ? now->stall->detail : "none")
                      : "no rest: no progress is known");
  }
  check_progress(world, rule, clients->history());
  observer->stop();
  check(convergence());
}

void disturb(World& world, std::size_t a, std::size_t b) {
  switch (world.random().below(8)) {
    case 0: return world.crash(a);
    case 1: return world.crash(b);
    case 2: return world.cut(a, b);
    case 3: return world.silence(a, b);
    case 4: return world.strike(a);
    case 5: return world.strike(b);
    default: return world.reset(a, b);
  }
}

}  // namespace farshore::sim
