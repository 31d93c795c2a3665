// SPDX-License-Identifier: Apache-2.0
// What was acknowledged is there after any crash; what was not is whole or absent.
#include "backend/local/workload_fixture.h"

namespace farshore::backend {
namespace {

const PartitionId kPartition{BucketId(7), 0};

/// Runs four writers until they are done or the disk has stopped.
void run_writers(SimStore& store, Workload& workload, int commits) {
  auto partition = store.run(store.store->open(OpContext(), kPartition));
  if (!partition) return;
  TaskScope scope(store.loop);
  for (int i = 0; i < 4; ++i) scope.spawn(workload.writer(*partition, commits));
  store.loop.run_until([&] { return workload.finished == 4 || store.disk.stopped() || store.store->failed(); });
  // The loop goes on a little after the disk has stopped, as a process would.
  for (int i = 0; i < 50; ++i) store.loop.run_until(store.loop.now() + std::chrono::microseconds(10));
  scope.abandon();
}

struct Crash {
  std::uint64_t seed;
  LocalSettings settings = tiny_settings();
};

/// Several lives of one store, each ended at a random step of the disk.
void crash_often(const Crash& plan) {
  SCOPED_TRACE("seed " + std::to_string(plan.seed));
  SimStore store(plan.seed, plan.settings);
  Checker checker;
  std::uint64_t next_tag = 1;
  for (int life = 0; life < 5; ++life) {
    const std::uint64_t stop_at = store.disk.steps() + 1 + store.loop.random().below(life == 0 ? 400 : 200);
    store.disk.stop_at_step(stop_at);
    Workload workload(store, next_tag);
    if (store.store || store.start()) run_writers(store, workload, 40);
    checker.learn(workload);
    if (store.loop.random().below(3) == 0) {
      store.kill();
    } else {
      store.cut_power();
    }
    if (store.loop.random().below(2) == 0) continue;  // crash while recovering, too
    const auto started = store.start();
    ASSERT_TRUE(started) << started.error().text();
    checker.check(store, kPartition);
    if (testing::Test::HasFatalFailure()) return;
  }
  if (!store.store) {
    const auto started = store.start();
    ASSERT_TRUE(started) << started.error().text();
  }
  checker.check(store, kPartition);
  store.stop();
}

TEST(LocalStoreCrash, NothingAcknowledgedIsLostAtAnyStepOfTheDisk) {
  for (std::uint64_t seed = 1; seed <= 80 && !HasFatalFailure(); ++seed) crash_often({seed});
}

TEST(LocalStoreCrash, ALogOfOneSegmentWithoutSparesSurvivesAsWell) {
  LocalSettings settings = tiny_settings();
  settings.segment_bytes = 1u << 20;
  settings.spare_segments = 0;
  settings.compact_below_percent = 0;
  settings.group_max_commits = 1;
  for (std::uint64_t seed = 1000; seed < 1030 && !HasFatalFailure(); ++seed) crash_often({seed, settings});
}

TEST(LocalStoreCrash, AFailedSyncEndsTheEpochAndTheStoreRecoversByReopening) {
  for (std::uint64_t seed = 1; seed <= 40 && !HasFatalFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SimStore store(seed);
    Checker checker;
    std::uint64_t next_tag = 1;
    ASSERT_TRUE(store.start());
    for (int life = 0; life < 3; ++life) {
      if (store.loop.random().below(2) == 0) {
        store.disk.fail_sync(1 + store.loop.random().below(40));
      } else {
        store.disk.fail_write(1 + store.loop.random().below(80));
      }
      Workload workload(store, next_tag);
      run_writers(store, workload, 40);
      checker.learn(workload);
      for (const Error& error : workload.errors) {
        EXPECT_EQ(error.code(), ErrorCode::kStorageUnavailable) << error.text();
      }
      store.kill();
      auto started = store.start();
      ASSERT_TRUE(started) << started.error().text();
      checker.check(store, kPartition);
      if (HasFatalFailure()) return;
      if (store.loop.random().below(2) == 0) continue;
      // What the failed sync left in memory only must not have been shown.
      store.cut_power();
      started = store.start();
      ASSERT_TRUE(started) << started.error().text();
      checker.check(store, kPartition);
    }
    store.stop();
  }
}

TEST(LocalStoreCrash, AStoreThatWasClosedLosesNothingAndReplaysNothing) {
  SimStore store;
  Checker checker;
  std::uint64_t next_tag = 1;
  ASSERT_TRUE(store.start());
  Workload workload(store, next_tag);
  run_writers(store, workload, 60);
  EXPECT_TRUE(workload.errors.empty());
  checker.learn(workload);
  ASSERT_TRUE(store.close());
  store.cut_power(sim::UnsyncedSectors::kLost);
  store.node.log.lines.clear();
  ASSERT_TRUE(store.start());
  EXPECT_NE(store.node.log.lines.front().find("replayed=0"), std::string::npos) << store.node.log.lines.front();
  checker.check(store, kPartition);
}

TEST(LocalStoreCrash, TheSameSeedTakesTheSameSteps) {
  std::uint64_t steps[2];
  for (std::uint64_t& count : steps) {
    SimStore store(99);
    std::uint64_t next_tag = 1;
    ASSERT_TRUE(store.start());
    Workload workload(store, next_tag);
    run_writers(store, workload, 60);
    count = store.disk.steps() * 1000003 + store.loop.steps();
  }
  EXPECT_EQ(steps[0], steps[1]);
}

}  // namespace
}  // namespace farshore::backend
