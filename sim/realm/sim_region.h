// SPDX-License-Identifier: Apache-2.0
// SimRegion: one region of the realm with the production engine, wired as server/region.cc wires it, on simulated ports.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "identity/accounts.h"
#include "identity/bucket_registry.h"
#include "identity/policies.h"
#include "identity/roles.h"
#include "objects/objects.h"
#include "replication/rule_service.h"
#include "sim/realm/sim_store.h"
#include "sim/realm/sim_trace.h"
#include "sim/world/sim_stream.h"

namespace farshore::sim {

/// What all regions of a simulated realm share.
struct SimRealm {
  std::string realm = "sim";
  std::vector<RegionId> regions;  ///< region n has number n + 1 and listens on port 80 of the host of its name
  RegionId home;
  replication::ReplicationSettings replication;
  identity::DirectorySettings directory;
  backend::LocalSettings local = small_local_settings();
};

/// Everything but the medium and the clock is made by start() and lost by crash(). Loop thread only.
class SimRegion {
 public:
  SimRegion(SimLoop& loop, SimWires& wires, SimTrace& trace, const SimRealm& realm, RegionId id, StoreKind store);
  ~SimRegion();

  /// Opens the store, loads, listens. Errors: storage's.
  Task<Result<void>> start(OpContext op);
  /// Every coroutine stops where it stands and what was not durable is gone. The others see their connections break, or, where only
  /// the process was killed, what it had sent and then the end.
  void crash(CrashKind kind = CrashKind::kPowerCut);
  bool up() const { return life_ != nullptr; }

  const RegionId& id() const { return id_; }
  RegionNumber number() const { return number_; }
  SimClock& clock() { return clock_; }
  SimStore& store() { return *store_; }
  const Runtime& runtime() const { return runtime_; }

  // Services of the present life; only while up().
  objects::Objects& objects();
  identity::DirectoryStore& directory();
  identity::Accounts& accounts();
  identity::Roles& roles();
  identity::Policies& policies();
  identity::BucketRegistry& registry();
  replication::RuleService& rules();
  replication::Destination& receiver();
  /// Requests of clients being served: they end with the region.
  TaskScope& requests();

 private:
  struct Life;
  SimWires& wires_;
  SimTrace& trace_;
  const SimRealm& realm_;
  RegionId id_;
  RegionNumber number_;
  SimClock clock_;
  TraceLog log_;
  SimMetrics metrics_;
  Runtime runtime_;
  SimNetwork network_;
  std::unique_ptr<SimStore> store_;
  std::unique_ptr<Life> life_;
};

}  // namespace farshore::sim
