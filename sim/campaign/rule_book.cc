// SPDX-License-Identifier: Apache-2.0
#include "sim/campaign/rule_book.h"

#include <algorithm>

namespace farshore::sim {

using namespace std::chrono_literals;

void RuleBook::make_all(const std::vector<PlannedRule>& plan, const std::function<void()>& between) {
  for (const PlannedRule& planned : plan) {
    Line line;
    line.plan = planned;
    line.rule.role = fmt::format("role-{}-{}", planned.source, planned.destination);
    world_.make_role(line.rule.role, buckets_[planned.source]);
    lines_.push_back(std::move(line));
    world_.set_policy(buckets_[planned.destination], [&] {
      const auto roles = roles_into(planned.destination);
      return std::vector<std::string>(roles.begin(), roles.end());
    }());
  }
  for (Line& line : lines_) {
    if (&line != &lines_.front()) between();
    const std::string role = line.rule.role;
    line.rule = world_.make_rule(buckets_[line.plan.source], buckets_[line.plan.destination], role, line.plan.action, line.plan.historical, line.plan.prefixes);
    line.active = true;
  }
}

Result<std::vector<replication::RuleView>> RuleBook::list(const SimBucket& source) {
  struct Call {
    static Task<Result<std::vector<replication::RuleView>>> list(World* world, SimBucket source) {
      CO_TRY(auto bucket, co_await world->open(source));
      co_return co_await world->region(source.region).rules().list(OpContext(), bucket);
    }
  };
  auto views = world_.run(Call::list(&world_, source));
  if (!views && views.error().code() == ErrorCode::kNoSuchReplicationConfiguration) return std::vector<replication::RuleView>();
  return views;
}

bool RuleBook::drop(std::size_t index) {
  Line& line = lines_[index];
  if (!world_.region(line.rule.source.region).up()) return false;
  struct Call {
    static Task<Result<replication::RuleService::Removal>> remove(World* world, SimRule rule) {
      CO_TRY(auto bucket, co_await world->open(rule.source));
      objects::Unconditional anyone;
      co_return co_await world->region(rule.source.region).rules().remove(OpContext(), bucket, anyone, rule.id);
    }
  };
  world_.fault(fmt::format("rule {} -> {} is deleted", line.plan.source, line.plan.destination));
  line.gap = true;  // also if we cannot tell
  line.active = false;
  const auto removed = world_.run(Call::remove(&world_, line.rule));
  return removed.has_value();
}

void RuleBook::ensure(std::size_t index) {
  Line& line = lines_[index];
  const SimBucket& source = buckets_[line.plan.source];
  const SimBucket& destination = buckets_[line.plan.destination];
  std::string last = "not tried";
  for (int attempt = 0; attempt < 60; ++attempt, world_.run_for(1s)) {
    if (attempt % 8 == 7) world_.heal_all();  // a disk that was struck may stop only now
    const auto views = list(source);
    if (!views) {
      last = views.error().text();
      continue;
    }
    const auto found = std::find_if(views->begin(), views->end(), [&](const auto& view) { return view.rule.destination_bucket == destination.id; });
    if (found != views->end() && found->status == RuleStatus::kClosing) {
      last = "still closing";
      continue;
    }
    if (found != views->end()) {
      if (!line.active) line.rule.added = world_.loop().now();  // it was asked for earlier, and no answer came
      line.rule.id = found->rule.id;
      line.active = true;
      return;
    }
    struct Call {
      static Task<Result<RuleId>> add(World* world, SimBucket source, replication::RuleRequest request) {
        CO_TRY(auto bucket, co_await world->open(source));
        objects::Unconditional anyone;
        co_return co_await world->region(source.region).rules().add(OpContext(), bucket, anyone, std::move(request));
      }
    };
    replication::RuleRequest request;
    request.action = line.plan.action;
    request.prefixes = line.plan.prefixes;
    request.destination_bucket = destination.name.get();
    request.destination_location = location_of(world_.region(destination.region).id());
    request.historical = line.plan.historical ? "enabled" : "disabled";
    request.sync_role = line.rule.role;
    line.gap = true;
    line.rule.source = source;
    line.rule.destination = destination;
    line.rule.asked = world_.loop().now();
    const auto added = world_.run(Call::add(&world_, source, std::move(request)));
    if (added) {
      line.rule.id = *added;
      line.rule.added = world_.loop().now();
      line.active = true;
      world_.trace().line("world", fmt::format("rule {} -> {} is made again", line.plan.source, line.plan.destination));
      return;
    }
    last = added.error().text();
  }
  world_.violate(fmt::format("rule {} -> {} cannot be made again: {}", line.plan.source, line.plan.destination, last));
}

void RuleBook::settle(std::size_t index) {
  const Line& line = lines_[index];
  for (int attempt = 0; attempt < 60; ++attempt, world_.run_for(1s)) {
    if (attempt % 8 == 7) world_.heal_all();
    const auto views = list(buckets_[line.plan.source]);
    if (views && std::none_of(views->begin(), views->end(), [&](const auto& view) { return view.rule.id == line.rule.id && view.status == RuleStatus::kClosing; })) return;
  }
  world_.violate(fmt::format("rule {} -> {} does not stop closing", line.plan.source, line.plan.destination));
}

void RuleBook::await_gone(std::size_t index) {
  const Line& line = lines_[index];
  const SimBucket& source = buckets_[line.plan.source];
  for (int attempt = 0; attempt < 60; ++attempt, world_.run_for(1s)) {
    const auto views = list(source);
    if (views && std::none_of(views->begin(), views->end(), [&](const auto& view) { return view.rule.id == line.rule.id; })) return;
  }
  world_.violate(fmt::format("rule {} -> {} does not go", line.plan.source, line.plan.destination));
}

std::vector<SimRule> RuleBook::active() const {
  std::vector<SimRule> rules;
  for (const Line& line : lines_) {
    if (line.active) rules.push_back(line.rule);
  }
  return rules;
}

std::vector<std::size_t> RuleBook::into(std::size_t bucket) const {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < lines_.size(); ++i) {
    if (lines_[i].plan.destination == bucket) out.push_back(i);
  }
  return out;
}

std::set<std::string> RuleBook::roles_into(std::size_t bucket) const {
  std::set<std::string> roles;
  for (const std::size_t index : into(bucket)) roles.insert(lines_[index].rule.role);
  return roles;
}

RuleFacts RuleBook::facts(std::size_t index) const {
  const Line& line = lines_[index];
  RuleFacts facts;
  facts.source = line.plan.source;
  facts.destination = line.plan.destination;
  facts.puts = line.plan.puts();
  facts.removes = line.plan.removes();
  facts.historical = line.plan.historical;
  facts.prefixes = line.plan.prefixes;
  facts.active = line.active;
  facts.gap = line.gap;
  facts.since = line.rule.added;
  return facts;
}

}  // namespace farshore::sim
