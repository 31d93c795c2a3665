// SPDX-License-Identifier: Apache-2.0
#include "runtime/wait.h"

#include <gtest/gtest.h>

#include "sim/world/sim_loop.h"

namespace farshore {
namespace {
using namespace std::chrono_literals;

Task<int> deep(int depth) {
  if (depth == 0) co_return 0;
  co_return 1 + co_await deep(depth - 1);
}

Task<int> many(int times) {
  int sum = 0;
  for (int i = 0; i < times; ++i) sum += co_await deep(1);
  co_return sum;
}

TEST(Task, AMillionAwaitsDoNotGrowTheStack) {
  sim::SimLoop loop;
  EXPECT_EQ(sim::run(loop, many(1000000)), 1000000);
  EXPECT_EQ(sim::run(loop, deep(10000)), 10000);
}

Task<Woken> nap(Executor* executor, OpContext op, Duration duration) { co_return co_await sleep_for(*executor, op, duration); }

TEST(Wait, DeadlineComesBeforeTheSleepEnds) {
  sim::SimLoop loop;
  OpContext op;
  op.deadline = loop.now() + 1s;
  EXPECT_EQ(sim::run(loop, nap(&loop, op, 10s)), Woken::kDeadline);
  EXPECT_EQ(loop.now().time_since_epoch(), Duration(1s));
}

TEST(Wait, CancellationWakesASleeper) {
  sim::SimLoop loop;
  CancelSource source;
  OpContext op;
  op.cancel = source.token();
  TaskScope scope(loop);
  Woken woken = Woken::kNotified;
  struct Sleeper {
    static Task<void> run(Executor* executor, OpContext context, Woken* out) { *out = co_await sleep_for(*executor, context, 10s); }
  };
  scope.spawn(Sleeper::run(&loop, op, &woken));
  loop.run_until(loop.now() + 1s);
  source.cancel();
  loop.run_until_idle();
  EXPECT_EQ(woken, Woken::kCancelled);
  EXPECT_EQ(scope.size(), 0u);
}

Task<void> take(Permits* permits, std::size_t count, std::vector<std::size_t>* order, OpContext op) {
  auto taken = co_await permits->acquire(op, count);
  order->push_back(taken ? *taken : 0);
}

TEST(Permits, AreGrantedInTheOrderTheyWereAskedFor) {
  sim::SimLoop loop;
  Permits permits(loop, 10);
  TaskScope scope(loop);
  std::vector<std::size_t> order;
  for (std::size_t count : {8u, 5u, 1u, 99u}) scope.spawn(take(&permits, count, &order, OpContext()));
  loop.run_until_idle();
  EXPECT_EQ(order, (std::vector<std::size_t>{8}));
  permits.release(8);
  loop.run_until_idle();
  EXPECT_EQ(order, (std::vector<std::size_t>{8, 5, 1}));
  permits.release(6);
  loop.run_until_idle();
  EXPECT_EQ(order, (std::vector<std::size_t>{8, 5, 1, 10}));
}

TEST(Permits, ACancelledRequestLetsThoseBehindItPass) {
  sim::SimLoop loop;
  Permits permits(loop, 4);
  TaskScope scope(loop);
  std::vector<std::size_t> order;
  CancelSource source;
  scope.spawn(take(&permits, 2, &order, OpContext()));
  scope.spawn(take(&permits, 4, &order, OpContext().with_cancel(source.token())));
  scope.spawn(take(&permits, 2, &order, OpContext()));
  loop.run_until_idle();
  source.cancel();
  loop.run_until_idle();
  EXPECT_EQ(order.size(), 3u);
  EXPECT_EQ(permits.available(), 0u);
}

Task<void> wait_for_ever(Signal* signal, std::shared_ptr<int> alive) {
  co_await signal->wait();
  *alive = 0;
}

TEST(TaskScope, AbandonDestroysWaitingSleepingReadyAndWorkingFrames) {
  sim::SimLoop loop;
  Signal signal(loop);
  auto alive = std::make_shared<int>(1);
  struct Worker {
    static Task<void> run(Executor* executor, std::shared_ptr<int> keep) {
      co_await offload(*executor, WorkerClass::kDisk, [keep] { *keep = 2; });
    }
  };
  TaskScope scope(loop);
  scope.spawn(wait_for_ever(&signal, alive));
  scope.spawn(Worker::run(&loop, alive));
  struct Sleeper {
    static Task<void> run(Executor* executor, std::shared_ptr<int>) { co_await sleep_for(*executor, OpContext(), 5s); }
  };
  scope.spawn(Sleeper::run(&loop, alive));
  for (int i = 0; i < 3; ++i) loop.run_until(loop.now());
  scope.spawn(wait_for_ever(&signal, alive));  // only ready, never run
  EXPECT_GT(alive.use_count(), 1);
  scope.abandon();
  EXPECT_EQ(alive.use_count(), 1);
  signal.notify_all();
  loop.run_until_idle();
  EXPECT_EQ(*alive, 1);
}

TEST(TaskScope, CloseCancelsAndWaits) {
  sim::SimLoop loop;
  TaskScope scope(loop);
  struct Sleeper {
    static Task<void> run(Executor* executor, OpContext op, Woken* out) { *out = co_await sleep_for(*executor, op, std::chrono::hours(1)); }
  };
  Woken woken = Woken::kNotified;
  scope.spawn(Sleeper::run(&loop, OpContext().with_cancel(scope.token()), &woken));
  sim::run(loop, scope.close());
  EXPECT_EQ(woken, Woken::kCancelled);
  EXPECT_LT(loop.now().time_since_epoch(), Duration(1h));
}

}  // namespace
}  // namespace farshore
