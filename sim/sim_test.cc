// SPDX-License-Identifier: Apache-2.0
// Every scenario under a few seeds; farshore-sim runs thousands. FARSHORE_SIM_SEEDS asks for more here.
#include "sim/scenarios/scenario.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include <gtest/gtest.h>

#include "sim/marks/marks.h"

namespace farshore::sim {
namespace {

std::uint64_t seeds(const Scenario& scenario) {
  const char* asked = std::getenv("FARSHORE_SIM_SEEDS");
  if (asked != nullptr) return std::strtoull(asked, nullptr, 10);
  return scenario.run == nullptr ? 8 : 1;  // a campaign is shorter than a story, and no two are alike
}

class EveryScenario : public testing::TestWithParam<Scenario> {};

TEST_P(EveryScenario, KeepsThePromise) {
  for (std::uint64_t seed = 1; seed <= seeds(GetParam()); ++seed) {
    const Report report = run_scenario(GetParam(), seed);
    for (const std::string& violation : report.violations) {
      ADD_FAILURE() << violation << "\nreplay: FARSHORE_SIM_LOG=1 farshore-sim --scenario " << GetParam().name << " --first " << seed << " --seeds 1";
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

std::string hashes_of_some_seeds() {
  std::string text;
  for (const std::uint64_t seed : {3, 7, 8}) text += fmt::format(" {:016x}", run_scenario(*find_scenario("campaign"), seed).trace_hash);
  return text + fmt::format(" {:016x}", run_scenario(*find_scenario("chaos"), 7).trace_hash);
}

TEST(Simulator, TheSameSeedIsTheSameStory) {
  const Scenario* scenario = find_scenario("chaos");
  ASSERT_NE(scenario, nullptr);
  const Report first = run_scenario(*scenario, 7);
  EXPECT_EQ(first.trace_hash, run_scenario(*scenario, 7).trace_hash);
  EXPECT_NE(first.trace_hash, run_scenario(*scenario, 8).trace_hash);
}

/// Run by the test below in a process of its own, with other addresses for everything.
TEST(Simulator, DISABLED_TellsItsHashes) { std::printf("hashes:%s\n", hashes_of_some_seeds().c_str()); }

TEST(Simulator, TheSameSeedIsTheSameStoryInAnotherProcess) {
  char self[4096];
  const ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
  ASSERT_GT(length, 0);
  self[length] = '\0';
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  char all_of_them[] = "--gtest_also_run_disabled_tests", one[] = "--gtest_filter=*TellsItsHashes";
  char* arguments[] = {self, all_of_them, one, nullptr};
  pid_t other = 0;
  ASSERT_EQ(posix_spawn(&other, self, &actions, nullptr, arguments, environ), 0);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  std::string all;
  char buffer[512];
  for (ssize_t count = 0; (count = read(ends[0], buffer, sizeof buffer)) > 0;) all.append(buffer, static_cast<std::size_t>(count));
  close(ends[0]);
  int status = 0;
  ASSERT_EQ(waitpid(other, &status, 0), other);
  EXPECT_EQ(status, 0);
  const std::size_t at = all.find("hashes:");
  ASSERT_NE(at, std::string::npos) << all;
  const std::string said = all.substr(at + 7, all.find('\n', at) - at - 6);
  EXPECT_EQ(said, hashes_of_some_seeds() + "\n");
}

TEST(Marks, WhatWasNotReachedIsNamed) {
  SimTrace::Events events;
  for (const Mark& mark : marks()) events[std::string(mark.event)] = 1;
  EXPECT_TRUE(unreached(events).empty());
  events.erase(std::string(marks().front().event));
  const std::vector<Mark> missing = unreached(events);
  ASSERT_EQ(missing.size(), 1u);
  EXPECT_EQ(missing.front().event, marks().front().event);
}

}  // namespace
}  // namespace farshore::sim
