// SPDX-License-Identifier: Apache-2.0
// Pair: a source, a destination, a rule between them, clients that write and a reader that watches; most scenarios are about one.
#pragma once

#include <memory>

#include "sim/checkers/convergence.h"
#include "sim/checkers/durability.h"
#include "sim/checkers/honest_progress.h"
#include "sim/checkers/journal_order.h"
#include "sim/checkers/observer.h"
#include "sim/realm/workload.h"

namespace farshore::sim {

struct PairSettings {
  WorkloadSettings workload;
  bool versioned = true;
  std::string action = "ALL";
  bool historical = true;
  /// How much of the workload has been done when the rule is made.
  std::size_t operations_before = 0;
  std::size_t source_region = 0;
  std::size_t destination_region = 1;
  std::string name = "one";
  AccountUid destination_owner = kDestinationAccount;
  bool observe = true;
};

class Pair {
 public:
  /// Makes the buckets, starts the clients, makes the rule.
  Pair(World& world, PairSettings settings);

  World& world;
  PairSettings settings;
  SimBucket source;
  SimBucket destination;
  SimRule rule;
  std::unique_ptr<Workload> clients;
  std::unique_ptr<Observer> observer;

  /// Waits until the clients are done; asks for progress now and then and checks it.
  void let_finish(Duration horizon = std::chrono::minutes(5));
  /// Heals everything, lets the clients finish, waits for rest, runs every checker.
  void finish();
  /// The checkers alone.
  void check(ConvergenceSettings convergence);
  ConvergenceSettings convergence() const;
};

/// One random fault between two regions; what is broken stays so until heal_all().
void disturb(World& world, std::size_t a, std::size_t b);
Duration random_time(World& world, Duration longest);

}  // namespace farshore::sim
