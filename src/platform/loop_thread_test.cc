// SPDX-License-Identifier: Apache-2.0
#include "platform/loop_thread.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

#include "runtime/wait.h"

namespace farshore::platform {
namespace {
using namespace std::chrono_literals;

Task<void> note_thread(LoopThread* on, std::thread::id* seen) {
  co_await sleep_for(on->loop(), OpContext(), 1ms);
  *seen = std::this_thread::get_id();
}

/// Meets another loop's step in the middle: neither could end if one waited for the other's end.
Task<void> meet(LoopThread* on, std::atomic<int>* arrived) {
  ++*arrived;
  while (*arrived < 2) co_await sleep_for(on->loop(), OpContext(), 100us);
}

TEST(LoopThread, StepsRunOnAThreadOfTheirOwnAndWaitShowsWhatTheyWrote) {
  LoopThread one("one", {.pool_threads = 1});
  LoopThread two("two", {.pool_threads = 1});
  std::thread::id first, second, again;
  one.run([&] { return note_thread(&one, &first); });
  two.run([&] { return note_thread(&two, &second); });
  one.run([&] { return note_thread(&one, &again); });
  EXPECT_NE(first, std::this_thread::get_id());
  EXPECT_NE(first, second);
  EXPECT_EQ(first, again);
}

TEST(LoopThread, StepsOfTwoLoopsRunSideBySide) {
  LoopThread one("one", {.pool_threads = 1});
  LoopThread two("two", {.pool_threads = 1});
  std::atomic<int> arrived = 0;
  one.begin([&] { return meet(&one, &arrived); });
  two.begin([&] { return meet(&two, &arrived); });
  one.wait();
  two.wait();
  EXPECT_EQ(arrived, 2);
}

TEST(LoopThread, EndWaitsForTheStep) {
  std::thread::id seen;
  {
    LoopThread one("one", {.pool_threads = 1});
    one.begin([&] { return note_thread(&one, &seen); });
  }
  EXPECT_NE(seen, std::thread::id());
}

}  // namespace
}  // namespace farshore::platform
