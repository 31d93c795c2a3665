// SPDX-License-Identifier: Apache-2.0
// World: a realm of simulated regions under one seed: its clocks, links, accounts, buckets and rules, and what may go wrong with them.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/realm/sim_region.h"

namespace farshore::sim {

inline const AccountUid kSourceAccount("1000000000000001");
inline const AccountUid kDestinationAccount("2000000000000002");

struct WorldSettings {
  std::size_t regions = 2;
  std::optional<StoreKind> store;            ///< nothing: chosen by the seed
  Duration latency_max = std::chrono::milliseconds(60);
  Duration skew_max = std::chrono::milliseconds(200);  ///< each region's clock is off by up to this, either way
  Duration work_delay_max = std::chrono::microseconds(200);  ///< every step of a disk and every job of a worker may take so long
  Duration work_stall_max{};                                 ///< one job in sixteen: sim/world/sim_loop.h
  Duration content_delay_max{};                              ///< and every new content so much longer
  backend::LocalSettings local = small_local_settings();
  replication::ReplicationSettings replication = quick();
  identity::DirectorySettings directory;
  /// The states that only people look at pass sooner, so that a run is spent on what may break.
  static replication::ReplicationSettings quick() {
    replication::ReplicationSettings settings;
    settings.starting = std::chrono::seconds(1);
    return settings;
  }
};

/// A bucket of the world, by what does not change.
struct SimBucket {
  BucketId id;
  BucketName name;
  AccountUid owner;
  std::size_t region = 0;
  bool versioned = true;
};

/// A rule and the three steps that made it.
struct SimRule {
  RuleId id;
  SimBucket source;
  SimBucket destination;
  std::string role;
  std::string action = "ALL";
  bool historical = true;
  Instant added{};          ///< when the answer came
  Instant asked{};          ///< when the request was made
};

/// Driven from outside the loop by a scenario; one thread. Owns everything.
class World {
 public:
  World(std::uint64_t seed, WorldSettings settings);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  SimLoop& loop() { return loop_; }
  const SimLoop& loop() const { return loop_; }
  SimWires& wires() { return wires_; }
  SimTrace& trace() { return trace_; }
  const SimTrace& trace() const { return trace_; }
  Random& random() { return loop_.random(); }
  std::uint64_t seed() const { return seed_; }
  std::size_t regions() const { return regions_.size(); }
  SimRegion& region(std::size_t index) { return *regions_.at(index); }

  // Time.
  void run_for(Duration duration);
  /// False if the predicate did not hold before the horizon.
  bool run_until(const std::function<bool()>& done, Duration horizon);
  /// Runs that many steps of the loop: a crash after it lands between any two of them.
  void run_steps(std::uint64_t count);
  /// Runs a task beside everything else and gives its answer; kDeadlineExceeded if there is none within the horizon.
  template <class T>
  Result<T> run(Task<Result<T>> task, Duration horizon = std::chrono::seconds(60)) {
    std::optional<Result<T>> value;
    TaskScope scope(loop_);
    scope.spawn(into(std::move(task), &value));
    run_until([&] { return scope.size() == 0; }, horizon);
    scope.abandon();
    if (!value) return Error(ErrorCode::kDeadlineExceeded, "no answer within the horizon");
    return *std::move(value);
  }
  /// The same for what must succeed: anything else is a violation.
  template <class T>
  T must(std::string_view what, Task<Result<T>> task) {
    Result<T> result = run(std::move(task));
    if (!result) violate(fmt::format("{}: {}", what, result.error().text()));
    if constexpr (!std::is_void_v<T>) return result ? *std::move(result) : T();
  }

  // Faults.
  void crash(std::size_t region, CrashKind kind = CrashKind::kPowerCut);
  void restart(std::size_t region);
  /// The same where it may fail (its disk may be full): then the region stays away.
  Result<void> try_restart(std::size_t region);
  /// Crashes regions whose store has stopped writing, as a server ends its process.
  void end_failed();
  /// Starts the region while its disk is about to stop, so that recovery itself is cut short; then crashes it again.
  void restart_struck(std::size_t region);
  /// A commit of the region's store fails in the middle; a store that has stopped over it costs the region a crash soon after.
  void strike(std::size_t region);
  /// Breaks the connections between two regions and keeps the link down until heal().
  void cut(std::size_t a, std::size_t b);
  /// Breaks the connections only; new ones may be made at once.
  void reset(std::size_t a, std::size_t b);
  /// Takes the link down without a sign to either side.
  void silence(std::size_t a, std::size_t b);
  /// What `from` sends does not reach `to`; the other way is as it was.
  void silence_one_way(std::size_t from, std::size_t to);
  /// Counts a fault that a scenario makes by itself, and says so in the trace.
  void fault(std::string_view what);
  void heal(std::size_t a, std::size_t b);
  void heal_all();
  SimLink& link(std::size_t a, std::size_t b) { return wires_.link(regions_[a]->id().get(), regions_[b]->id().get()); }
  std::uint64_t faults() const { return faults_; }
  /// Called whenever a region has come up again: clients come back.
  void on_up(std::function<void(std::size_t)> hook) { hooks_.push_back(std::move(hook)); }

  // The realm. All of these wait for their answer; failing is a violation.
  SimBucket make_bucket(std::size_t region, std::string name, const AccountUid& owner, bool versioned = true);
  /// Step 1: a role of the source account that trusts OSS and may read the bucket.
  void make_role(const std::string& role, const SimBucket& source);
  /// Step 2: the destination's bucket policy grants the roles what they need there.
  void set_policy(const SimBucket& destination, const std::vector<std::string>& roles, bool deletes = true);
  void set_policy_text(const SimBucket& bucket, std::string text);
  /// The bucket policy that grants them; empty without roles.
  std::string policy_text(const SimBucket& destination, const std::vector<std::string>& roles, bool deletes) const;
  /// Step 3: the rule.
  SimRule make_rule(const SimBucket& source, const SimBucket& destination, const std::string& role, std::string action = "ALL", bool historical = true,
                    std::vector<std::string> prefixes = {});
  /// All three steps, with a role of the rule's own.
  SimRule connect(const SimBucket& source, const SimBucket& destination, std::string action = "ALL", bool historical = true);
  void remove_rule(const SimRule& rule);

  // Rights of a role, one by one. Wait until every region has them.
  void detach_policy(const std::string& role);
  void attach_policy(const std::string& role);
  void set_trust(const std::string& role, bool trusted);
  void delete_role(const std::string& role);
  /// A role of that name once more, with the policy its predecessor had.
  void make_role_again(const std::string& role);
  /// set_trust() that may fail, and waits for nobody.
  Result<void> try_trust(const std::string& role, bool trusted);
  /// Waits until all regions have the home's directory.
  void spread();

  Task<Result<objects::BucketRef>> open(SimBucket bucket);
  /// Nothing while the source's region is down, or the rule is gone.
  std::optional<replication::RuleProgress> progress(const SimRule& rule);
  /// Runs until every rule has settled everything that it can, then a little longer. False past the horizon.
  bool quiesce(const std::vector<SimRule>& rules, Duration horizon = std::chrono::minutes(10));

  void violate(std::string text);
  const std::vector<std::string>& violations() const { return violations_; }
  std::uint64_t operations = 0;  ///< by clients

 private:
  template <class T>
  static Task<void> into(Task<Result<T>> task, std::optional<Result<T>>* out) {
    out->emplace(co_await std::move(task));
  }
  SimRegion& home() { return *regions_.front(); }
  std::string host(std::size_t region) { return regions_[region]->id().get(); }

  std::uint64_t seed_;
  WorldSettings settings_;
  SimLoop loop_;
  SimWires wires_;
  SimTrace trace_;
  SimRealm realm_;
  std::vector<std::unique_ptr<SimRegion>> regions_;
  std::vector<std::function<void(std::size_t)>> hooks_;
  std::vector<std::string> violations_;
  std::uint64_t faults_ = 0;
  std::uint64_t buckets_made_ = 0;
  std::uint64_t roles_made_ = 0;
};

}  // namespace farshore::sim
