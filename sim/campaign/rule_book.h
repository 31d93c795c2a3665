// SPDX-License-Identifier: Apache-2.0
// RuleBook: the planned rules and what has become of them, while regions, roles and rules come and go.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "sim/campaign/plan.h"
#include "sim/checkers/agreement.h"

namespace farshore::sim {

/// Loop driver only. Refers to the world and to the buckets of the campaign.
class RuleBook {
 public:
  struct Line {
    PlannedRule plan;
    SimRule rule;         ///< the present one, or the last
    bool active = false;
    bool gap = false;     ///< it was gone in between
  };
  RuleBook(World& world, const std::vector<SimBucket>& buckets) : world_(world), buckets_(buckets) {}

  /// Makes role, policy and rule; nothing may be broken yet. `between`: called before each rule but the first.
  void make_all(const std::vector<PlannedRule>& plan, const std::function<void()>& between);
  std::size_t size() const { return lines_.size(); }
  Line& line(std::size_t index) { return lines_.at(index); }
  /// Deletes the rule if the source can be asked; says whether it is known to be closing. From then on it counts as gone.
  bool drop(std::size_t index);
  /// The rule went with its source.
  void vanished(std::size_t index) {
    lines_.at(index).active = false;
    lines_.at(index).gap = true;
  }
  /// The rule is there in the end, made again if it has to be: everything is healed. A violation if that is not possible.
  void ensure(std::size_t index);
  /// Waits until the rule is not closing any more: it is gone, or it never was asked to go.
  void settle(std::size_t index);
  /// Everything that is left of a dropped rule goes: a violation if not.
  void await_gone(std::size_t index);
  std::vector<SimRule> active() const;
  std::vector<std::size_t> into(std::size_t bucket) const;
  std::set<std::string> roles_into(std::size_t bucket) const;
  RuleFacts facts(std::size_t index) const;

 private:
  Result<std::vector<replication::RuleView>> list(const SimBucket& source);
  World& world_;
  const std::vector<SimBucket>& buckets_;
  std::vector<Line> lines_;
};

}  // namespace farshore::sim
