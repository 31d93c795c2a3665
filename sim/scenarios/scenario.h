// SPDX-License-Identifier: Apache-2.0
// Scenario: a story that a simulated world goes through under a seed, and the table of all of them.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/realm/world.h"

namespace farshore::sim {

struct Scenario {
  std::string_view name;
  std::string_view what;   ///< one line for people
  std::size_t regions = 2;
  void (*run)(World& world) = nullptr;  ///< null: the campaign, which draws its world too
  std::optional<StoreKind> store = {};  ///< nothing: chosen by the seed
};

/// In the order of the table, the campaign first; names are unique.
const std::vector<Scenario>& scenarios();
/// Null if there is none of that name.
const Scenario* find_scenario(std::string_view name);

struct Report {
  std::vector<std::string> violations;
  std::deque<std::string> tail;  ///< the last lines of the trace
  std::uint64_t trace_hash = 0;
  SimTrace::Events events;       ///< of the product's logs, counted
  Duration simulated{};
  std::uint64_t operations = 0;
  std::uint64_t faults = 0;
};

/// The same scenario and seed give the same report on every machine.
Report run_scenario(const Scenario& scenario, std::uint64_t seed);

}  // namespace farshore::sim
