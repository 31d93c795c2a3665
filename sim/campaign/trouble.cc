// SPDX-License-Identifier: Apache-2.0
// What goes wrong in a campaign. Whatever needs an answer may get none: then the effect is unknown, and heal() makes it sure.
#include <algorithm>

#include "sim/campaign/campaign.h"
#include "sim/checkers/journal_order.h"

namespace farshore::sim {

using namespace std::chrono_literals;

void Campaign::trouble() {
  const PlannedTrouble& trouble = plan_.trouble;
  // The rare ones come once, in the middle of the story.
  if (step_ == trouble.steps / 2) {
    if (trouble.home) return home_away();
    if (trouble.destination_restored) return put_back_destination();
    if (trouble.source_restored) return put_back_source();
  }
  std::vector<void (Campaign::*)()> kinds;
  if (trouble.machines) kinds.insert(kinds.end(), 3, &Campaign::machines);
  if (trouble.links) kinds.insert(kinds.end(), 3, &Campaign::links);
  if (trouble.clocks) kinds.push_back(&Campaign::clocks);
  if (trouble.rights) kinds.insert(kinds.end(), 2, &Campaign::rights);
  if (trouble.rules) kinds.push_back(&Campaign::rules);
  if (trouble.disks) kinds.insert(kinds.end(), 2, &Campaign::disks);
  if (kinds.empty()) return;
  (this->*kinds[any(kinds.size())])();
}

void Campaign::machines() {
  const std::size_t region = any(world_.regions());
  const auto kind = static_cast<CrashKind>(any(3));
  switch (any(6)) {
    case 0: return world_.strike(region);
    case 1: {
      world_.crash(region, kind);
      return world_.restart_struck(region);
    }
    case 2: {
      world_.crash(region, kind);
      return world_.crash(any(world_.regions()));
    }
    case 3: {
      // A quick restart: what the former life had sent may still be on its way.
      world_.crash(region, CrashKind::kKilled);
      return static_cast<void>(world_.try_restart(region));
    }
    default: return world_.crash(region, kind);
  }
}

void Campaign::links() {
  const std::size_t a = any(world_.regions());
  const std::size_t b = (a + 1 + any(world_.regions() - 1)) % world_.regions();
  switch (any(7)) {
    case 0: return world_.cut(a, b);
    case 1: return world_.silence(a, b);
    case 2:
    case 3: {
      // Acknowledgements are lost, and what was done is asked for again.
      world_.silence_one_way(a, b);
      if (any(2) == 0) return;
      world_.run_for(time(1s));
      world_.reset(a, b);
      return world_.heal(a, b);
    }
    case 4: {
      SimLink& link = world_.link(a, b);
      link.bytes_per_second = any(2) == 0 ? 0 : 20000 + any(1000000);
      link.jitter = time(200ms);
      link.latency = any(4) == 0 ? time(2s) : time(100ms);
      return world_.fault(fmt::format("link {} {} is slow: {} bytes/s, {} ms, jitter {} ms", a, b, link.bytes_per_second, link.latency.count() / 1000000, link.jitter.count() / 1000000));
    }
    default: return world_.reset(a, b);
  }
}

void Campaign::clocks() {
  const std::size_t region = any(world_.regions());
  SimClock& clock = world_.region(region).clock();
  const Duration jump = any(3) == 0 ? time(6h) - 3h : time(20s) - 10s;
  if (jump > Duration() && set_back_.contains(region)) turned_twice_.insert(region);
  if (jump < Duration()) set_back_.insert(region);
  // Never before the start of the world.
  clock.skew = std::max<Duration>(clock.skew + jump, -50min);
  world_.fault(fmt::format("a clock jumps by {} ms, it is off by {} ms", jump.count() / 1000000, clock.skew.count() / 1000000));
}

void Campaign::disks() {
  const std::size_t region = any(world_.regions());
  SimStore& store = world_.region(region).store();
  switch (any(4)) {
    case 0:
    case 1: {
      world_.fault(fmt::format("the disk of region {} is full", region));
      return store.set_full(true);
    }
    case 2: {
      if (!bit_turned_[region] && store.turn_bit()) {
        bit_turned_[region] = true;
        return world_.fault(fmt::format("a bit of region {} is turned over", region));
      }
      [[fallthrough]];
    }
    default: {
      world_.fault(fmt::format("region {} cannot read some contents", region));
      store.set_rotten(true);
      world_.run_for(time(2s));
      if (any(2) == 0) store.set_rotten(false);
    }
  }
}

bool Campaign::set_policy(std::size_t index, std::set<std::string> roles, bool deletes) {
  const SimBucket& bucket = buckets_[index];
  if (!world_.region(bucket.region).up()) return false;
  struct Call {
    static Task<Result<objects::Guard>> set(World* world, SimBucket bucket, std::string text) {
      CO_TRY(auto opened, co_await world->open(bucket));
      objects::Unconditional anyone;
      co_return co_await world->region(bucket.region).objects().buckets().set_policy(OpContext(), opened, anyone, std::move(text));
    }
  };
  ledger_.policy_unsure(bucket, last_sequence(world_, bucket));
  const auto guard = world_.run(Call::set(&world_, bucket, world_.policy_text(bucket, {roles.begin(), roles.end()}, deletes)));
  if (!guard) return false;
  world_.trace().line("world", fmt::format("policy of {}: {} roles, deletions {}, from {}", bucket.name.get(), roles.size(), deletes, guard->version.get()));
  ledger_.policy(bucket, guard->version, std::move(roles), deletes);
  return true;
}

bool Campaign::set_role(std::size_t index, bool readable, bool trusted) {
  RoleState& state = roles_[index];
  const std::string role = book_.line(index).rule.role;
  SimRegion& home = world_.region(0);
  if (!home.up()) return false;
  // What changes comes one after the other, so a right may be whole for a moment that was not and will not be.
  if (readable && (trusted || state.trusted || !state.sure)) ledger_.restored(role, world_.loop().now());
  if (state.readable != readable) {
    const identity::PolicyName policy{kSourceAccount, identity::PolicyType::kCustom, role};
    const identity::EntityName entity{identity::EntityKind::kRole, role};
    const auto done = world_.run(readable ? home.policies().attach(OpContext(), policy, entity) : home.policies().detach(OpContext(), policy, entity));
    const ErrorCode said = done ? ErrorCode::kInternalError : done.error().code();
    if (!done && said != ErrorCode::kEntityAlreadyExists && said != ErrorCode::kEntityNotExist) return false;
    state.readable = readable;
  }
  if (state.trusted != trusted || !state.sure) {
    state.sure = world_.try_trust(role, trusted).has_value();
    if (!state.sure) return false;
    state.trusted = trusted;
  }
  world_.trace().line("world", fmt::format("{}: may read {}, is trusted {}", role, readable, trusted));
  if (readable && trusted) return true;
  // Known to the source as soon as its copy of the directory has it.
  const auto latest = home.directory().sequence();
  const std::size_t source = buckets_[book_.line(index).plan.source].region;
  const auto knows = [&] { return world_.region(source).up() && world_.region(source).directory().sequence() >= latest; };
  if (world_.run_until(knows, 3s)) ledger_.lost(role, world_.loop().now());
  return true;
}

void Campaign::rights() {
  const std::size_t index = any(book_.size());
  const std::size_t destination = book_.line(index).plan.destination;
  world_.fault("a right changes");
  switch (any(5)) {
    case 0: {
      static_cast<void>(set_policy(destination, {}, false));
      break;
    }
    case 1: {
      // Others that write there keep theirs.
      auto roles = book_.roles_into(destination);
      roles.erase(book_.line(index).rule.role);
      static_cast<void>(set_policy(destination, roles, true));
      break;
    }
    case 2: {
      static_cast<void>(set_policy(destination, book_.roles_into(destination), false));
      break;
    }
    case 3: {
      static_cast<void>(set_role(index, false, true));
      break;
    }
    default: static_cast<void>(set_role(index, true, false));
  }
  if (any(2) == 0) return;
  world_.run_for(any(4) == 0 ? time(20s) : time(2s));
  static_cast<void>(set_role(index, true, true));
  static_cast<void>(set_policy(destination, book_.roles_into(destination), true));
}

void Campaign::restore_rights() {
  for (std::size_t i = 0; i < book_.size(); ++i) {
    for (int attempt = 0; !set_role(i, true, true); ++attempt, world_.heal_all(), world_.run_for(500ms)) {
      if (attempt > 20) return world_.violate("a role cannot be given its rights back");
    }
  }
  world_.spread();
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    if (book_.into(i).empty()) continue;
    for (int attempt = 0; !set_policy(i, book_.roles_into(i), true); ++attempt, world_.heal_all(), world_.run_for(500ms)) {
      if (attempt > 20) return world_.violate("a bucket policy cannot be restored");
    }
  }
}

void Campaign::begin_anew(std::size_t bucket) {
  // The rights of what has been seen so far are judged before it is forgotten.
  check_arrivals(bucket);
  for (const std::size_t rule : book_.into(bucket)) {
    const RuleBook::Line& line = book_.line(rule);
    ledger_.check(world_, *tails_[bucket], buckets_[line.plan.source].id, clients_[line.plan.source]->history(), line.rule.role);
  }
  tails_[bucket]->begin_anew();
  observers_[bucket]->begin_anew();
}

void Campaign::rules() {
  const std::size_t index = any(book_.size());
  const RuleBook::Line& line = book_.line(index);
  switch (any(5)) {
    case 0: {
      // A role under an old name is another role: the rule is dead until it is made again.
      if (!world_.region(0).up()) return;
      ease_links();
      world_.heal_all();
      world_.spread();
      world_.fault("a role is deleted and made again");
      restore_rights();
      world_.delete_role(line.rule.role);
      ledger_.lost(line.rule.role, world_.loop().now());
      world_.run_for(time(2s));
      world_.make_role_again(line.rule.role);
      ledger_.restored(line.rule.role, world_.loop().now());
      static_cast<void>(book_.drop(index));
      return;
    }
    case 1: {
      const std::size_t destination = line.plan.destination;
      const bool sole = book_.into(destination).size() == 1 && plan_.buckets[destination].operations == 0 && !plan_.buckets[destination].nulls;
      bool source_of_none = true;
      for (std::size_t i = 0; i < book_.size(); ++i) source_of_none = source_of_none && book_.line(i).plan.source != destination;
      if (sole && source_of_none) return replace_bucket(destination);
      [[fallthrough]];
    }
    case 2: {
      const bool restores = plan_.trouble.destination_restored || plan_.trouble.source_restored;
      const std::size_t source = line.plan.source;
      if (book_.into(source).empty() && !plan_.buckets[source].nulls && !restores) return replace_source(source);
      [[fallthrough]];
    }
    default: {
      if (!book_.drop(index)) return;
      if (any(2) == 0) return;  // made again in the end
      world_.run_for(time(4s));
      world_.heal_all();
      restore_rights();
      book_.await_gone(index);
      begin_anew(line.plan.destination);
      begin_anew(line.plan.source);
      book_.ensure(index);
    }
  }
}

void Campaign::home_away() {
  world_.fault("the home region is away");
  world_.crash(0);
  // Longer than a region may go on with its copy of the directory, now and then.
  world_.run_for(any(3) == 0 ? 14min + time(5min) : time(90s));
}

/// Only a region whose buckets no rule leads from, so that what is lost is what others wrote there.
std::optional<std::size_t> Campaign::only_destination() const {
  if (plan_.rules.empty()) return std::nullopt;
  const std::size_t region = buckets_[plan_.rules.back().destination].region;
  for (const PlannedRule& rule : plan_.rules) {
    if (buckets_[rule.source].region == region) return std::nullopt;
  }
  return region == 0 ? std::nullopt : std::optional(region);
}

void Campaign::put_back_destination() {
  const auto chosen = only_destination();
  if (!chosen || !world_.region(*chosen).up()) return;
  const std::size_t region = *chosen;
  restored_ = region;
  world_.fault(fmt::format("region {} is put back to {} copy", region, copied_ ? "its first" : "an older"));
  put_back_ = true;
  if (!copied_) world_.region(region).store().back_up();
  const Instant then = copied_ ? copied_at_ : world_.loop().now();
  world_.run_for(300ms + time(2s));
  world_.crash(region);
  world_.region(region).store().restore_backup();
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    if (buckets_[i].region == region) observers_[i]->begin_anew();  // it looks as soon as the region is back
  }
  world_.run_for(time(2s));
  world_.heal_all();
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    if (buckets_[i].region != region) continue;
    clients_[i]->history().forget_since(then);
    ledger_.forget(buckets_[i]);
    begin_anew(i);
  }
  if (!copied_) return;
  // It knows of no rule: they stall, unless something else is amiss as well, and have to be made again.
  world_.run_for(22s);
  world_.heal_all();
  for (std::size_t i = 0; i < book_.size(); ++i) {
    const RuleBook::Line& line = book_.line(i);
    if (buckets_[line.plan.destination].region != region) continue;
    static_cast<void>(book_.drop(i));
  }
}

/// A region whose buckets no rule leads to. Its rules either stall and are made again, or had nothing behind the copy.
void Campaign::put_back_source() {
  std::size_t region = 0;
  for (std::size_t i = 0; i < book_.size(); ++i) region = buckets_[book_.line(i).plan.source].region;
  for (std::size_t i = 0; i < book_.size(); ++i) {
    if (buckets_[book_.line(i).plan.destination].region == region) return;
  }
  if (region == 0 || !world_.region(region).up()) return;
  world_.heal_all();
  world_.fault(fmt::format("region {} is put back to an older copy", region));
  put_back_ = true;
  world_.region(region).store().back_up();
  const Instant then = world_.loop().now();
  world_.run_for(300ms + time(2s));
  world_.crash(region);
  world_.region(region).store().restore_backup();
  for (std::size_t i = 0; i < buckets_.size(); ++i) {
    if (buckets_[i].region != region) continue;
    clients_[i]->history().forget_since(then);
    ledger_.forget(buckets_[i]);
  }
  // Now and then nobody can be asked for a while, and clients write past what the destinations know.
  if (any(2) == 0) {
    for (std::size_t other = 0; other < world_.regions(); ++other) {
      if (other != region) world_.cut(region, other);
    }
    static_cast<void>(world_.try_restart(region));
    world_.run_for(time(3s));
  }
  world_.heal_all();
  world_.run_for(22s);
  world_.heal_all();
  for (std::size_t i = 0; i < book_.size(); ++i) {
    const RuleBook::Line& line = book_.line(i);
    if (buckets_[line.plan.source].region != region) continue;
    begin_anew(line.plan.source);
    const auto now = world_.progress(line.rule);
    const bool stalled = now && now->stall && now->stall->reason == replication::Reason::kSourceRestored;
    world_.trace().line("campaign", fmt::format("rule {} -> {} {}", line.plan.source, line.plan.destination, stalled ? "stalls" : "goes on"));
    if (stalled) static_cast<void>(book_.drop(i));
  }
}

}  // namespace farshore::sim
