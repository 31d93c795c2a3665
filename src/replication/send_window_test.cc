// SPDX-License-Identifier: Apache-2.0
#include "replication/send_window.h"

#include <algorithm>
#include <optional>

#include <gtest/gtest.h>

#include "runtime/task_scope.h"
#include "sim/world/sim_loop.h"

namespace farshore::replication {
namespace {
using namespace std::chrono_literals;

/// Sends `count` changes through the window over a way that takes `trip` and carries one change each `gap`.
class Way {
 public:
  Way(sim::SimLoop& loop, SendWindow& window, Duration trip, Duration gap) : loop_(loop), window_(window), trip_(trip), gap_(gap) {}

  Task<void> send_all(int count) {
    TaskScope scope(loop_);
    for (int i = 0; i < count; ++i) {
      if (!window_.try_enter() && !co_await window_.enter(OpContext())) co_return;
      scope.spawn(one());
    }
    co_await scope.drain();
    co_await scope.close();
  }
  std::size_t most() const { return most_; }

 private:
  Task<void> one() {
    most_ = std::max(most_, window_.under_way());
    const Instant began = loop_.now();
    free_ = std::max(free_, began) + gap_;
    co_await sleep_until(loop_, OpContext(), free_ + trip_);
    window_.acknowledged(loop_.now() - began);
    window_.leave();
  }
  sim::SimLoop& loop_;
  SendWindow& window_;
  Duration trip_;
  Duration gap_;
  Instant free_{};
  std::size_t most_ = 0;
};

Duration time_of(Duration trip, Duration gap, int count, std::size_t most, std::size_t* under_way = nullptr) {
  sim::SimLoop loop;
  SendWindow window(loop, most);
  Way way(loop, window, trip, gap);
  const Instant began = loop.now();
  sim::run(loop, way.send_all(count));
  if (under_way != nullptr) *under_way = way.most();
  EXPECT_EQ(window.under_way(), 0u);
  return loop.now() - began;
}

TEST(SendWindow, AShortWayNeedsFewUnderWay) {
  std::size_t most = 0;
  EXPECT_LT(time_of(1ms, 100us, 20000, 8192, &most), 2100ms) << "the way is always busy";
  EXPECT_LE(most, 320u);
}

TEST(SendWindow, ALongWayIsFilled) {
  // 100 ms at 10,000 a second: 1,000 on the way at least, reached within a few round trips.
  std::size_t most = 0;
  EXPECT_LT(time_of(100ms, 100us, 50000, 8192, &most), 5700ms);
  EXPECT_GE(most, 1000u);
  EXPECT_LE(most, 2600u);
  EXPECT_LT(time_of(300ms, 100us, 100000, 8192), 12s);
}

TEST(SendWindow, NeverMoreThanTheLimit) {
  std::size_t most = 0;
  time_of(300ms, 100us, 5000, 64, &most);
  EXPECT_EQ(most, 64u);
  time_of(1ms, 100us, 50, 1, &most);
  EXPECT_EQ(most, 1u);
}

TEST(SendWindow, WhoeverWaitsCanBeCancelled) {
  sim::SimLoop loop;
  SendWindow window(loop, 1);
  ASSERT_TRUE(window.try_enter());
  EXPECT_FALSE(window.try_enter());
  TaskScope scope(loop);
  std::optional<ErrorCode> ended;
  struct Waiter {
    static Task<void> run(SendWindow* window, OpContext op, std::optional<ErrorCode>* ended) {
      const auto entered = co_await window->enter(std::move(op));
      if (!entered) *ended = entered.error().code();
    }
  };
  scope.spawn(Waiter::run(&window, OpContext().with_cancel(scope.token()), &ended));
  loop.run_until_idle();
  EXPECT_FALSE(ended);
  scope.cancel();
  loop.run_until_idle();
  EXPECT_EQ(ended, ErrorCode::kCancelled);
  window.leave();
  EXPECT_TRUE(window.try_enter());
  window.leave();
  sim::run(loop, scope.close());
}

}  // namespace
}  // namespace farshore::replication
