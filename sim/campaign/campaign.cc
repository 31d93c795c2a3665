// SPDX-License-Identifier: Apache-2.0
#include "sim/campaign/campaign.h"

#include <algorithm>

#include "sim/checkers/bounds.h"
#include "sim/checkers/durability.h"
#include "sim/checkers/explanations.h"
#include "sim/checkers/honest_progress.h"
#include "sim/checkers/older_sender.h"
#include "sim/checkers/own_writes.h"

namespace farshore::sim {

using namespace std::chrono_literals;

Duration Campaign::time(Duration longest) { return Duration(static_cast<std::int64_t>(world_.random().below(static_cast<std::uint64_t>(longest.count()) + 1))); }

void Campaign::run() {
  world_.trace().line("campaign", plan_.text());
  world_.on_up([this](std::size_t region) {
    if (set_back_.contains(region)) turned_twice_.insert(region);
  });
  make_buckets();
  // Some clients come first, so that the rules find a history.
  const bool early = any(2) == 0 || plan_.rules_apart;
  if (early) {
    start_clients();
    world_.run_for(time(600ms));
  }
  if (plan_.trouble.destination_restored && any(4) == 0) copied_ = only_destination();
  if (copied_) {
    world_.region(*copied_).store().back_up();
    copied_at_ = world_.loop().now();
  }
  book_.make_all(plan_.rules, [this] {
    if (plan_.rules_apart) world_.run_for(time(800ms));
  });
  roles_.resize(plan_.rules.size());
  bit_turned_.resize(world_.regions());
  if (!early) start_clients();
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    tails_[i]->start();
    if (book_.into(i).size() > 1 || plan_.buckets[i].operations > 0) observers_[i]->shared();
    if (!book_.into(i).empty()) observers_[i]->start();
  }
  story();
  heal();
  rest();
  if (!world_.violations().empty()) return;
  check();
  if (plan_.ends_all_rules && world_.violations().empty()) check_all_gone();
}

void Campaign::make_buckets() {
  for (std::size_t i = 0; i < plan_.buckets.size(); ++i) {
    const PlannedBucket& planned = plan_.buckets[i];
    buckets_.push_back(world_.make_bucket(planned.region, fmt::format("bucket-{}", i), planned.owner, planned.versioned && !planned.nulls));
    WorkloadSettings settings = plan_.clients;
    settings.operations = planned.operations;
    clients_.push_back(std::make_unique<Workload>(world_, buckets_.back(), settings));
    if (planned.nulls) write_before_versioning(i);
  }
  std::vector<const History*> histories;
  for (const auto& clients : clients_) histories.push_back(&clients->history());
  for (const SimBucket& bucket : buckets_) {
    tails_.push_back(std::make_unique<JournalTail>(world_, bucket));
    observers_.push_back(std::make_unique<Observer>(world_, bucket, histories, 150ms));
  }
}

/// Null versions: from the time before versioning, and from a time when it was suspended.
void Campaign::write_before_versioning(std::size_t index) {
  SimBucket& bucket = buckets_[index];
  const auto set = [&](Versioning state) {
    struct Call {
      static Task<Result<objects::Guard>> set(World* world, SimBucket bucket, Versioning state) {
        CO_TRY(auto opened, co_await world->open(bucket));
        objects::Unconditional anyone;
        co_return co_await world->region(bucket.region).objects().buckets().set_versioning(OpContext(), opened, anyone, state);
      }
    };
    world_.must("set versioning", Call::set(&world_, bucket, state));
  };
  const auto write = [&](std::size_t operations) {
    WorkloadSettings settings = plan_.clients;
    settings.operations = operations;
    settings.writers = 1;
    settings.remove_version_percent = settings.undelete_percent = 0;
    settings.think_max = 1ms;
    SimBucket as_it_is = bucket;
    auto writer = std::make_shared<Workload>(world_, as_it_is, settings);
    writer->start();
    world_.run_until([&] { return writer->finished() && writer->idle(); }, 30s);
    writer->stop();
    early_.push_back(std::move(writer));
  };
  write(1 + any(8));
  set(Versioning::kEnabled);
  bucket.versioned = true;
  write(any(6));
  if (any(2) == 0) {
    set(Versioning::kSuspended);
    write(1 + any(6));
    set(Versioning::kEnabled);
  }
  // From here on these versions are what the clients' own history begins with.
  for (const auto& [key, stack] : read_stacks(world_, bucket, false)) {
    for (auto seen = stack.rbegin(); seen != stack.rend(); ++seen) clients_[index]->history().adopt(key, seen->version, world_.loop().now());
  }
}

void Campaign::start_clients() {
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    if (plan_.buckets[i].operations > 0) clients_[i]->start();
  }
}

void Campaign::story() {
  for (step_ = 0; step_ < plan_.trouble.steps; ++step_) {
    world_.run_for(time(700ms));
    if (any(2) == 0) world_.run_steps(any(1500));
    trouble();
    world_.run_for(any(8) == 0 ? time(40s) : time(1500ms));
    world_.end_failed();
    if (any(3) != 0) world_.heal_all();
    if (any(2) == 0) look_at_progress(any(book_.size()));
    if (any(3) == 0) look_at_bounds(false);
    if (!world_.violations().empty()) return;
  }
}

void Campaign::heal() {
  const bool clocks_too = any(2) == 0;
  for (std::size_t i = 0; i < world_.regions(); ++i) {
    world_.region(i).store().set_rotten(false);
    if (bit_turned_[i]) static_cast<void>(world_.region(i).store().turn_bit());
    bit_turned_[i] = false;
    if (clocks_too) world_.region(i).clock().skew = time(200ms);
  }
  ease_links();
  // Twice: a disk that was struck may stop only when it is written to again.
  world_.heal_all();
  world_.run_for(600ms);
  world_.heal_all();
  world_.spread();
  restore_rights();
  for (std::size_t i = 0; i < book_.size(); ++i) {
    if (!book_.line(i).active) {
      book_.settle(i);
      begin_anew(book_.line(i).plan.destination);
      begin_anew(book_.line(i).plan.source);
    }
    book_.ensure(i);
  }
}

void Campaign::ease_links() {
  for (std::size_t i = 0; i < world_.regions(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      world_.link(i, k).bytes_per_second = 0;
      world_.link(i, k).jitter = {};
      world_.link(i, k).latency = std::min<Duration>(world_.link(i, k).latency, 400ms);
    }
  }
}

void Campaign::rest() {
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    Workload& clients = *clients_[i];
    if (plan_.buckets[i].operations == 0) continue;
    if (!world_.run_until([&] { return clients.finished() && clients.idle(); }, 5min)) world_.violate(fmt::format("the clients of bucket-{} did not finish", i));
  }
  if (put_back_) world_.run_for(22s);  // an idle rule looks every five seconds whether the destination stands where it stood, and a dial takes its time
  if (world_.quiesce(book_.active())) return;
  for (const SimRule& rule : book_.active()) {
    const auto now = world_.progress(rule);
    world_.violate(now ? fmt::format("no rest: {} -> {}: status {}, pending {}, parked {}, history {} ({} of {}), stall {}", rule.source.name.get(), rule.destination.name.get(),
                                     static_cast<int>(now->status), now->pending, now->parked, now->historical.value_or(-1), now->historical_settled, now->historical_total,
                                     now->stall ? now->stall->detail : "none")
                       : "no rest: no progress is known");
  }
}

bool Campaign::removed_elsewhere(std::size_t bucket, const std::string& key, const VersionId& id) const {
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    if (i != bucket && clients_[i]->history().removal_tried(key, id)) return true;
  }
  return false;
}

/// Asks one rule how far it is, and why something is not there; both must be true.
void Campaign::look_at_progress(std::size_t index) {
  const RuleBook::Line& line = book_.line(index);
  if (!line.active || put_back_ || turned_twice_.contains(buckets_[line.plan.source].region)) return;
  const std::size_t source = line.plan.source;
  const std::size_t destination = line.plan.destination;
  const RuleFacts facts = book_.facts(index);
  const auto counts = [&](const ClientOp& op) {
    if (!facts.carries(op.key) || op.cold) return false;
    if (op.kind == OpKind::kPut ? !facts.puts : !facts.puts && !facts.removes) return false;
    if (plan_.buckets[source].versioned) return !op.id.is_null() && !removed_elsewhere(source, op.key, op.id);
    // Without versioning another writer's content may stand there instead.
    for (std::size_t other = 0; other < book_.size(); ++other) {
      const PlannedRule& rule = book_.line(other).plan;
      if (other != index && (rule.destination == destination || rule.destination == source)) return false;
    }
    return clients_[destination]->history().all().empty() && op.kind == OpKind::kPut;
  };
  check_progress(world_, line.rule, clients_[source]->history(), counts, 12);
  const auto& ops = clients_[source]->history().all();
  if (!ops.empty()) check_explanation(world_, line.rule, facts, ops[any(ops.size())]);
}

void Campaign::look_at_bounds(bool at_rest) {
  BoundsLimits limits;
  limits.at_rest = at_rest;
  for (const auto& clients : clients_) limits.operations += clients->history().all().size();
  for (const auto& clients : old_clients_) limits.operations += clients->history().all().size();
  limits.lanes = plan_.world.replication.lane_items_max * plan_.rules.size();
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    limits.ruled = !book_.into(i).empty();
    for (std::size_t rule = 0; rule < book_.size(); ++rule) limits.ruled = limits.ruled || book_.line(rule).plan.source == i;
    if (world_.region(buckets_[i].region).up()) check_rows(world_, buckets_[i], limits);
  }
}

std::vector<BucketFacts> Campaign::facts() {
  std::vector<BucketFacts> facts;
  for (std::size_t i = 0; i < buckets_.size(); ++i) facts.push_back({buckets_[i], &clients_[i]->history(), read_stacks(world_, buckets_[i])});
  return facts;
}

/// What rules have written into the bucket was theirs to write, and landed where it belongs.
void Campaign::check_arrivals(std::size_t bucket) {
  std::vector<Carrier> carriers;
  std::set<BucketId> one_way;
  for (const std::size_t rule : book_.into(bucket)) {
    const PlannedRule& plan = book_.line(rule).plan;
    carriers.push_back({buckets_[plan.source].id, plan.puts(), plan.removes(), plan.prefixes});
    const auto back = book_.into(plan.source);
    if (std::none_of(back.begin(), back.end(), [&](std::size_t other) { return book_.line(other).plan.source == bucket; })) one_way.insert(buckets_[plan.source].id);
  }
  check_carried(world_, buckets_[bucket].name.get(), tails_[bucket]->lines(), carriers);
  check_replicas_on_top(world_, buckets_[bucket].name.get(), tails_[bucket]->lines(), one_way);
}

void Campaign::check() {
  for (std::size_t i = 0; i < book_.size(); ++i) look_at_progress(i);
  for (const auto& observer : observers_) observer->stop();
  std::vector<BucketFacts> buckets = facts();
  std::vector<RuleFacts> rules;
  for (std::size_t i = 0; i < book_.size(); ++i) rules.push_back(book_.facts(i));
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    OtherWriters others;
    others.replicas = !book_.into(i).empty();
    others.removed = [this, i](const std::string& key, const VersionId& id) { return removed_elsewhere(i, key, id); };
    check_durability(world_, buckets_[i], *buckets[i].history, buckets[i].stacks, others);
    tails_[i]->finish();
    check_arrivals(i);
    for (const std::size_t rule : book_.into(i)) {
      const RuleBook::Line& line = book_.line(rule);
      ledger_.check(world_, *tails_[i], buckets_[line.plan.source].id, clients_[line.plan.source]->history(), line.rule.role);
    }
  }
  check_agreement(world_, buckets, rules);
  world_.run_for(6s);  // an idle rule tells its destination within five seconds what is settled
  look_at_bounds(true);
  for (const SimRule& rule : book_.active()) {
    check_older_sender(world_, rule);
    check_late_settle(world_, rule);
  }
  if (!world_.violations().empty()) return;
  if (any(3) == 0) {
    // Once more after a start: what was read from memory so far must come from the disk, and nothing may be left lying about.
    for (std::size_t i = 0; i < world_.regions(); ++i) world_.crash(i);
    world_.heal_all();
    world_.run_for(2s);
    for (std::size_t i = 0; i < world_.regions(); ++i) check_contents(world_, i, buckets_);
    for (std::size_t i = 0; i < buckets.size(); ++i) check_same(world_, buckets_[i], buckets[i].stacks);
  }
}

/// Every rule is deleted: nothing of it stays, at either end.
void Campaign::check_all_gone() {
  for (std::size_t i = 0; i < book_.size(); ++i) {
    // A commit that was struck late in the story may still fail.
    if (!book_.drop(i) && !book_.drop(i) && !book_.drop(i)) world_.violate("a rule cannot be deleted");
  }
  for (std::size_t i = 0; i < book_.size(); ++i) book_.await_gone(i);
  world_.run_for(2s);  // what is remembered of deletions goes after the rule's own row
  for (const SimBucket& bucket : buckets_) {
    // A rule that came to its end between the copy and its return is registered there for ever: nobody is left to take it away.
    if (restored_ != bucket.region) check_no_trace_of_rules(world_, bucket);
  }
}

void run_campaign(World& world, const Plan& plan) {
  Campaign campaign(world, plan);
  campaign.run();
}

}  // namespace farshore::sim
