// SPDX-License-Identifier: Apache-2.0
// SimStore: a local store on a simulated disk that can be crashed and opened again. For tests.
#pragma once

#include <memory>
#include <optional>

#include "backend/local/local_store.h"
#include "sim/world/sim_disk.h"
#include "sim/world/sim_loop.h"

namespace farshore::backend {

/// Everything small, so that a short test meets every limit.
inline LocalSettings tiny_settings() {
  LocalSettings settings;
  settings.segment_bytes = 64u << 10;
  settings.segment_grow_bytes = 16u << 10;
  settings.spare_segments = 1;
  settings.inline_max_bytes = 4u << 10;
  settings.group_max_bytes = 16u << 10;
  settings.group_max_commits = 8;
  settings.queued_max_bytes = 64u << 10;
  settings.checkpoint_bytes = 64u << 10;
  settings.reserve_bytes = 0;
  settings.compact_below_percent = 60;
  settings.compact_interval_ms = 5;
  settings.compact_bytes_per_second = 64u << 20;
  settings.scrub_bytes_per_second = 0;
  return settings;
}

class SimStore {
 public:
  explicit SimStore(std::uint64_t seed = 1, LocalSettings chosen = tiny_settings()) : settings(chosen), loop(seed), node(loop), disk(loop.random()) {}
  ~SimStore() { stop(); }

  Result<void> start() {
    auto opened = sim::run(loop, LocalStore::open(node.runtime, disk, std::make_unique<sim::SimIndex>(disk, index, loop.random()), settings, RegionNumber(1)));
    if (!opened) return std::move(opened).error();
    store = *std::move(opened);
    return {};
  }
  /// The process is killed: nothing is flushed, the system's cache stays.
  void kill() {
    stop();
    disk.restart();
    index.lose_unflushed(loop.random());
  }
  void cut_power(sim::UnsyncedSectors unsynced = sim::UnsyncedSectors::kRandom) {
    stop();
    disk.power_cut(unsynced);
    index.lose_unflushed(loop.random());
  }
  void stop() {
    if (!store) return;
    store->abandon();
    store.reset();
  }
  Result<void> close() {
    auto closed = sim::run(loop, store->close());
    store.reset();
    return closed;
  }
  template <class T>
  T run(Task<T> task) {
    return sim::run(loop, std::move(task));
  }

  LocalSettings settings;
  sim::SimLoop loop;
  sim::SimNode node;
  sim::SimDisk disk;
  sim::SimIndexMedium index;
  std::unique_ptr<LocalStore> store;
};

}  // namespace farshore::backend
