// SPDX-License-Identifier: Apache-2.0
// Every scenario under a few seeds; farshore-sim runs thousands. FARSHORE_SIM_SEEDS asks for more here.
#include "sim/scenarios/scenario.h"

#include <cstdlib>

#include <gtest/gtest.h>

namespace farshore::sim {
namespace {

std::uint64_t seeds() {
  const char* asked = std::getenv("FARSHORE_SIM_SEEDS");
  return asked == nullptr ? 5 : std::strtoull(asked, nullptr, 10);
}

class EveryScenario : public testing::TestWithParam<Scenario> {};

TEST_P(EveryScenario, KeepsThePromise) {
  for (std::uint64_t seed = 1; seed <= seeds(); ++seed) {
    const Report report = run_scenario(GetParam(), seed);
    for (const std::string& violation : report.violations) {
      ADD_FAILURE() << violation << "\nreplay: farshore-sim --scenario " << GetParam().name << " --first " << seed << " --seeds 1";
    }
    if (HasFailure()) return;
  }
}

INSTANTIATE_TEST_SUITE_P(Simulator, EveryScenario, testing::ValuesIn(scenarios()), [](const auto& info) {
  std::string name;
  for (const char c : info.param.name) {
    if (c != '-') name += c;
  }
  return name;
});

TEST(Simulator, TheSameSeedIsTheSameStory) {
  const Scenario* scenario = find_scenario("chaos");
  ASSERT_NE(scenario, nullptr);
  const Report first = run_scenario(*scenario, 7);
  EXPECT_EQ(first.trace_hash, run_scenario(*scenario, 7).trace_hash);
  EXPECT_NE(first.trace_hash, run_scenario(*scenario, 8).trace_hash);
}

}  // namespace
}  // namespace farshore::sim
