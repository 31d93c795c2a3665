// SPDX-License-Identifier: Apache-2.0
// Campaign: a realm drawn from the seed, its clients, everything that goes wrong with it, and what must hold all the same.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "sim/campaign/plan.h"
#include "sim/campaign/rule_book.h"
#include "sim/checkers/agreement.h"
#include "sim/checkers/carried.h"
#include "sim/checkers/journal_tail.h"
#include "sim/checkers/observer.h"
#include "sim/checkers/rights_ledger.h"
#include "sim/realm/workload.h"

namespace farshore::sim {

/// One run: run() once. Driven from outside the loop; must not outlive the world.
class Campaign {
 public:
  Campaign(World& world, Plan plan) : world_(world), plan_(std::move(plan)), book_(world, buckets_) {}
  void run();

 private:
  // campaign.cc: the phases.
  void make_buckets();
  void write_before_versioning(std::size_t bucket);
  void start_clients();
  void story();
  void heal();
  /// No link is so slow that a request of a client would run out of time.
  void ease_links();
  void rest();
  void check();
  void check_all_gone();
  void look_at_progress(std::size_t rule);
  void look_at_bounds(bool at_rest);
  std::vector<BucketFacts> facts();
  void check_arrivals(std::size_t bucket);
  bool removed_elsewhere(std::size_t bucket, const std::string& key, const VersionId& id) const;

  // trouble.cc: what goes wrong.
  void trouble();
  void machines();
  void links();
  void clocks();
  void disks();
  void rights();
  void rules();
  void home_away();
  // replaced_buckets.cc
  void calm();
  void observe(std::size_t bucket);
  void make_again(std::size_t bucket);
  void replace_bucket(std::size_t bucket);
  void replace_source(std::size_t bucket);
  void await_end(std::size_t rule, const SimBucket& source);
  // trouble.cc
  void put_back_destination();
  /// A region, not the home, that rules lead to and none from.
  std::optional<std::size_t> only_destination() const;
  void put_back_source();
  void restore_rights();
  // One right at a time. True: done, as far as one can tell.
  bool set_policy(std::size_t bucket, std::set<std::string> roles, bool deletes);
  bool set_role(std::size_t rule, bool readable, bool trusted);
  void begin_anew(std::size_t bucket);
  std::size_t any(std::size_t count) { return world_.random().below(count); }
  Duration time(Duration longest);

  World& world_;
  Plan plan_;
  std::vector<SimBucket> buckets_;
  RuleBook book_;
  std::vector<std::unique_ptr<Workload>> clients_;
  std::vector<std::shared_ptr<Workload>> early_;             ///< wrote before versioning
  std::vector<std::unique_ptr<JournalTail>> tails_;
  std::vector<std::unique_ptr<Observer>> observers_;
  std::vector<std::unique_ptr<JournalTail>> old_tails_;      ///< of buckets that were replaced
  std::vector<std::unique_ptr<Observer>> old_observers_;
  std::vector<std::unique_ptr<Workload>> old_clients_;
  RightsLedger ledger_;
  struct RoleState {
    bool readable = true;
    bool trusted = true;
    bool sure = true;   ///< of `trusted`: no answer was lost
  };
  std::vector<RoleState> roles_;       ///< by rule
  std::vector<bool> bit_turned_;       ///< by region
  std::size_t step_ = 0;
  /// Regions whose clock was set back, and those where it then went ahead again or that started anew: a task that has not looked in between
  /// cannot know, nor one that remembers only when its rule was made.
  std::set<std::size_t> set_back_, turned_twice_;
  std::optional<std::size_t> copied_;  ///< the region of which a copy was made before there was a rule
  Instant copied_at_{};
  std::optional<std::size_t> restored_;  ///< the destinations' region that was put back
  bool put_back_ = false;              ///< a store was put back: what its rules say of progress may not be true any more
};

/// The scenario: draws a plan from the world's dice. The world was made from the same plan's settings.
void run_campaign(World& world, const Plan& plan);

}  // namespace farshore::sim
