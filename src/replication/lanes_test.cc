// SPDX-License-Identifier: Apache-2.0
#include "replication/lanes.h"

#include <gtest/gtest.h>

#include "sim/world/sim_loop.h"

namespace farshore::replication {
namespace {
using namespace std::chrono_literals;

LaneItem item(std::string key, std::uint64_t sequence) {
  LaneItem out;
  out.change.key = ObjectKey(std::move(key));
  out.sequence = Sequence(sequence);
  return out;
}

Task<void> add_all(Lanes* lanes, std::vector<LaneItem> items, std::size_t* added) {
  for (LaneItem& one : items) {
    if (!co_await lanes->add(OpContext(), std::move(one))) co_return;
    ++*added;
  }
}

TEST(Lanes, ChangesOfAKeyGoOneAtATimeInOrderAndKeysSideBySide) {
  sim::SimLoop loop;
  std::map<std::string, std::vector<std::uint64_t>> done;
  std::map<std::string, int> inside;
  int together = 0, most = 0;
  struct Carrier {
    static Task<void> run(Executor* executor, LaneItem one, decltype(done)* done, decltype(inside)* inside, int* together, int* most) {
      EXPECT_EQ(++(*inside)[one.change.key.get()], 1);
      *most = std::max(*most, ++*together);
      co_await sleep_for(*executor, OpContext(), std::chrono::milliseconds(1 + one.sequence.get() * 7 % 5));
      --*together;
      --(*inside)[one.change.key.get()];
      (*done)[one.change.key.get()].push_back(one.sequence.get());
    }
  };
  Lanes lanes(loop, 100, [&](LaneItem one) { return Carrier::run(&loop, std::move(one), &done, &inside, &together, &most); });
  std::vector<LaneItem> items;
  for (std::uint64_t i = 1; i <= 60; ++i) items.push_back(item(std::string(1, static_cast<char>('a' + i % 4)), i));
  std::size_t added = 0;
  sim::run(loop, add_all(&lanes, std::move(items), &added));
  loop.run_until_idle();
  EXPECT_EQ(most, 4);
  EXPECT_EQ(lanes.items(), 0u);
  for (const auto& [key, sequences] : done) {
    EXPECT_EQ(sequences.size(), 15u);
    EXPECT_TRUE(std::is_sorted(sequences.begin(), sequences.end()));
  }
  sim::run(loop, lanes.close());
}

TEST(Lanes, AddingWaitsWhenTheyAreFullSoThatABacklogStaysOnDisk) {
  sim::SimLoop loop;
  Signal go(loop);
  struct Carrier {
    static Task<void> run(Signal* signal) { co_await signal->wait(); }
  };
  Lanes lanes(loop, 3, [&](LaneItem) { return Carrier::run(&go); });
  TaskScope scope(loop);
  std::size_t added = 0;
  scope.spawn(add_all(&lanes, {item("a", 1), item("b", 2), item("a", 3), item("c", 4), item("d", 5)}, &added));
  loop.run_until_idle();
  EXPECT_EQ(added, 3u);
  while (lanes.items() > 0) {
    go.notify_all();
    loop.run_until_idle();
  }
  EXPECT_EQ(added, 5u);
  sim::run(loop, lanes.close());
}

}  // namespace
}  // namespace farshore::replication
