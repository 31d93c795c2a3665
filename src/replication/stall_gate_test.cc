// SPDX-License-Identifier: Apache-2.0
#include "replication/stall_gate.h"

#include <gtest/gtest.h>

#include "runtime/task_scope.h"
#include "sim/world/sim_loop.h"

namespace farshore::replication {
namespace {
using namespace std::chrono_literals;

Task<void> knock(StallGate* gate, int* passed) {
  if (co_await gate->pass(OpContext())) ++*passed;
}

TEST(StallGate, LetsOneProbeAndTheOthersWaitUntilItSucceeds) {
  sim::SimLoop loop;
  sim::SimNode node(loop);
  StallGate gate(node.runtime);
  EXPECT_TRUE(gate.fail(Reason::kDestinationDenied, "no"));
  EXPECT_FALSE(gate.fail(Reason::kDestinationDenied, "others that were under way"));
  TaskScope scope(loop);
  int passed = 0;
  for (int i = 0; i < 5; ++i) scope.spawn(knock(&gate, &passed));
  loop.run_until(loop.now() + 1s);
  EXPECT_EQ(passed, 1);
  EXPECT_TRUE(gate.succeed());
  loop.run_until_idle();
  EXPECT_EQ(passed, 5);
  EXPECT_FALSE(gate.stall());
}

TEST(StallGate, ProbesAtLeastEveryThreeSecondsAndNeverSpins) {
  sim::SimLoop loop;
  sim::SimNode node(loop);
  StallGate gate(node.runtime);
  gate.fail(Reason::kUnreachable, "away");
  const Instant begin = loop.now();
  int probes = 0;
  Instant last = begin;
  while (loop.now() - begin < 120s) {
    int passed = 0;
    sim::run(loop, knock(&gate, &passed));
    EXPECT_EQ(passed, 1);
    EXPECT_LE(loop.now() - last, 3s);
    last = loop.now();
    ++probes;
    gate.fail(Reason::kUnreachable, "still away");
  }
  EXPECT_GE(probes, 40);
  EXPECT_LE(probes, 120);
}

TEST(StallGate, WhatOpensAndFailsAtOnceAgainAndAgainDoesNotSpin) {
  sim::SimLoop loop;
  sim::SimNode node(loop);
  StallGate gate(node.runtime);
  const Instant begin = loop.now();
  int probes = 0;
  for (; loop.now() - begin < 60s; ++probes) {
    EXPECT_TRUE(gate.fail(Reason::kUnreachable, "the stream opens, but nothing can be written"));
    int passed = 0;
    sim::run(loop, knock(&gate, &passed));
    EXPECT_TRUE(gate.succeed());
  }
  EXPECT_LE(probes, 60);
  loop.run_until(loop.now() + 10s);
  gate.fail(Reason::kUnreachable, "another day");
  const Instant before = loop.now();
  int passed = 0;
  sim::run(loop, knock(&gate, &passed));
  EXPECT_LT(loop.now() - before, 200ms);
}

TEST(StallGate, ANudgeProbesAtOnce) {
  sim::SimLoop loop;
  sim::SimNode node(loop);
  StallGate gate(node.runtime);
  gate.fail(Reason::kSourceDenied, "");
  for (int i = 0; i < 10; ++i) {
    int passed = 0;
    sim::run(loop, knock(&gate, &passed));
    gate.fail(Reason::kSourceDenied, "");
  }
  const Instant before = loop.now();
  gate.nudge();
  int passed = 0;
  sim::run(loop, knock(&gate, &passed));
  EXPECT_EQ(passed, 1);
  EXPECT_LT(loop.now() - before, 10ms);
}

}  // namespace
}  // namespace farshore::replication
