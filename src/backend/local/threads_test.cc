// SPDX-License-Identifier: Apache-2.0
// The store on real threads, files and RocksDB: what only these can show (data races, under the tsan preset).
#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "backend/local/local_store.h"
#include "backend/local/rocks_index.h"
#include "backend/local/settings.h"
#include "platform/event_loop.h"
#include "platform/posix_file_system.h"
#include "runtime/task_scope.h"
#include "sim/world/sim_loop.h"

namespace farshore::backend {
namespace {

const PartitionId kPartition{BucketId(7), 0};

template <class T>
T run(platform::EventLoop& loop, Task<T> task) {
  std::optional<T> value;
  TaskScope scope(loop);
  struct Runner {
    static Task<void> run(Task<T> inner, std::optional<T>* out) { out->emplace(co_await inner); }
  };
  scope.spawn(Runner::run(std::move(task), &value));
  loop.run_until([&] { return scope.size() == 0; });
  return std::move(*value);
}

Task<void> write_rows(LocalStore* store, std::shared_ptr<storage::Partition> partition, int writer, int count, int* acknowledged) {
  for (int i = 0; i < count; ++i) {
    const Bytes key = std::to_string(writer) + "-" + std::to_string(i % 10);
    const auto seen = co_await partition->get(OpContext(), key);
    EXPECT_TRUE(seen);
    const std::size_t size = i % 25 == 0 ? 300000 : 4096;
    auto blob = co_await store->create(OpContext(), size);
    EXPECT_TRUE(blob);
    EXPECT_TRUE(co_await (*blob)->write(OpContext(), Buffer(Bytes(size, static_cast<char>('a' + i % 26)))));
    EXPECT_TRUE(co_await (*blob)->finish(OpContext()));
    storage::Batch batch;
    batch.expect_same(key, *seen);
    if (*seen) batch.release(BlobId(std::stoull((*seen)->value)));
    batch.adopt((*blob)->id());
    batch.put(key, std::to_string((*blob)->id().get()));
    batch.journal("record");
    const auto receipt = co_await partition->commit(OpContext(), std::move(batch));
    EXPECT_TRUE(receipt) << receipt.error().text();
    const auto bytes = co_await store->read(OpContext(), (*blob)->id(), 0, 1u << 20);
    EXPECT_TRUE(bytes && bytes->size() == size);
    ++*acknowledged;
  }
}

/// Verifies every blob again and again while they are written, moved and freed, until all writes are acknowledged.
Task<void> keep_scrubbing(LocalStore* store, const int* acknowledged, int wanted, std::uint64_t* damaged) {
  while (*acknowledged < wanted) {
    const auto found = co_await store->scrub_now();
    EXPECT_TRUE(found);
    *damaged += found.value_or(0);
  }
}

TEST(LocalStoreThreads, WritersReadersAndBackgroundWorkShareTheStore) {
  char name[] = "/tmp/farshore-local-XXXXXX";
  const std::string directory = mkdtemp(name);
  platform::PosixFileSystem files(directory);
  platform::EventLoop loop;
  sim::SimLoop virtual_time;
  sim::SimNode node(virtual_time);
  Runtime runtime{loop, node.clock, virtual_time.random(), node.log, node.metrics};
  LocalSettings settings = LocalSettings::development();
  settings.segment_bytes = 128u << 10;
  settings.spare_segments = 1;
  settings.compact_interval_ms = 1;
  settings.compact_below_percent = 90;
  settings.checkpoint_bytes = 1u << 20;
  settings.reserve_bytes = 0;
  for (int round = 1; round <= 2; ++round) {
    auto index = RocksIndex::open(directory + "/index");
    ASSERT_TRUE(index) << index.error().text();
    auto opened = run(loop, LocalStore::open(runtime, files, *std::move(index), settings, RegionNumber(1)));
    ASSERT_TRUE(opened) << opened.error().text();
    LocalStore& store = **opened;
    EXPECT_FALSE(RocksIndex::open(directory + "/index")) << "two processes must not share a directory";
    auto partition = *run(loop, store.open(OpContext(), kPartition));
    int acknowledged = 0;
    {
      std::uint64_t damaged = 0;
      TaskScope writers(loop);
      for (int writer = 0; writer < 16; ++writer) writers.spawn(write_rows(&store, partition, writer, 50, &acknowledged));
      for (int scrubber = 0; scrubber < 4; ++scrubber) writers.spawn(keep_scrubbing(&store, &acknowledged, 800, &damaged));
      loop.run_until([&] { return writers.size() == 0; });
      EXPECT_EQ(damaged, 0u) << "a body was taken for damaged while it was moved";
    }
    EXPECT_EQ(acknowledged, 800);
    EXPECT_EQ(partition->last_sequence().get(), 800u * round);
    EXPECT_EQ(*run(loop, store.scrub_now()), 0u);
    const auto closed = run(loop, store.close());
    EXPECT_TRUE(closed);
  }
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace farshore::backend
