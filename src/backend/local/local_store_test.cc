// SPDX-License-Identifier: Apache-2.0
// What the local store promises beside the contract of the ports: full disks, damage, space that comes back, settings.
#include <gtest/gtest.h>

#include "backend/local/extent.h"
#include "backend/local/local_fixture.h"
#include "backend/local/segment_log.h"
#include "backend/local/workload_fixture.h"

namespace farshore::backend {
namespace {

const PartitionId kPartition{BucketId(7), 0};

class LocalStoreTest : public testing::Test {
 protected:
  void start(LocalSettings settings = tiny_settings()) {
    store_ = std::make_unique<SimStore>(1, settings);
    reopen();
  }
  void reopen() {
    const auto started = store_->start();
    ASSERT_TRUE(started) << started.error().text();
    open_partition();
  }
  void open_partition() { partition_ = *store_->run(store_->store->open(OpContext(), kPartition)); }
  Result<BlobId> blob(Bytes content) {
    auto writer = store_->run(store_->store->create(OpContext(), content.size()));
    if (!writer) return std::move(writer).error();
    if (auto written = store_->run((*writer)->write(OpContext(), Buffer(std::move(content)))); !written) return std::move(written).error();
    if (auto finished = store_->run((*writer)->finish(OpContext())); !finished) return std::move(finished).error();
    return (*writer)->id();
  }
  Result<storage::CommitReceipt> commit(storage::Batch batch) { return store_->run(partition_->commit(OpContext(), std::move(batch))); }
  Result<BlobId> put(const Bytes& key, Bytes content) {
    TRY(const BlobId id, blob(std::move(content)));
    storage::Batch batch;
    batch.put(key, std::to_string(id.get()));
    batch.adopt(id);
    TRY_OK(commit(std::move(batch)));
    return id;
  }
  Result<void> erase(const Bytes& key, BlobId id) {
    storage::Batch batch;
    batch.erase(key);
    batch.release(id);
    TRY_OK(commit(std::move(batch)));
    return {};
  }
  Result<Buffer> read(BlobId id) { return store_->run(store_->store->read(OpContext(), id, 0, 1u << 20)); }
  std::uint64_t log_bytes() const {
    std::uint64_t total = 0;
    for (const std::string& path : store_->disk.paths()) total += path.starts_with("log/") ? store_->disk.file_bytes(path) : 0;
    return total;
  }

  std::unique_ptr<SimStore> store_;
  std::shared_ptr<storage::Partition> partition_;
};

TEST_F(LocalStoreTest, AFullDiskRefusesBodiesWhileDeletionsAndReadsGoOn) {
  LocalSettings settings = tiny_settings();
  settings.reserve_bytes = 512u << 10;
  start(settings);
  store_->disk.capacity_bytes = 2u << 20;
  std::vector<BlobId> blobs;
  Result<BlobId> last = BlobId(0);
  for (int i = 0; i < 2000 && last; ++i) {
    last = put("key" + std::to_string(i), Bytes(3000, 'x'));
    if (last) blobs.push_back(*last);
  }
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error().code(), ErrorCode::kStorageFull);
  EXPECT_EQ(last.error().effect(), Effect::kNone);
  ASSERT_GT(blobs.size(), 100u);
  EXPECT_TRUE(read(blobs.front()));
  for (std::size_t i = 0; i < blobs.size(); ++i) {
    const auto erased = erase("key" + std::to_string(i), blobs[i]);
    ASSERT_TRUE(erased) << erased.error().text();
  }
  ASSERT_TRUE(store_->run(store_->store->compact_now()));
  const auto again = put("again", Bytes(3000, 'y'));
  EXPECT_TRUE(again) << again.error().text();
}

TEST_F(LocalStoreTest, WithoutAnyReserveAFullDiskFailsCommitsCleanlyAndTheStoreLivesOn) {
  start();
  store_->disk.capacity_bytes = 400u << 10;
  Result<BlobId> last = BlobId(0);
  std::vector<BlobId> blobs;
  for (int i = 0; i < 2000 && last; ++i) {
    last = put("key" + std::to_string(i), Bytes(3000, 'x'));
    if (last) blobs.push_back(*last);
  }
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error().code(), ErrorCode::kStorageFull);
  EXPECT_FALSE(store_->store->failed());
  const Sequence before = partition_->last_sequence();
  EXPECT_EQ(before.get(), blobs.size());
  store_->disk.capacity_bytes = 8u << 20;
  const auto again = put("again", Bytes(3000, 'y'));
  ASSERT_TRUE(again) << again.error().text();
  EXPECT_EQ(partition_->last_sequence().get(), before.get() + 1);
}

TEST_F(LocalStoreTest, AFlippedBitInABodyIsFoundByReadersAndByTheScrubber) {
  start();
  const BlobId small = *put("small", Bytes(3000, 'a'));
  const BlobId large = *put("large", Bytes(200000, 'b'));
  const BlobId sound = *put("sound", Bytes(3000, 'c'));
  EXPECT_EQ(*store_->run(store_->store->scrub_now()), 0u);
  const BlobRow row = *parse_blob(store_->index.rows.at(blob_key(small)));
  store_->disk.flip_bit(segment_path(row.segment), row.offset + 1234, 3);
  store_->disk.flip_bit(extent_path(large), 70000, 1);
  EXPECT_EQ(read(small).error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(read(large).error().code(), ErrorCode::kCorrupt);
  EXPECT_TRUE(read(sound));
  EXPECT_EQ(*store_->run(store_->store->scrub_now()), 2u);
  EXPECT_EQ(store_->node.metrics.value("farshore_backend_scrub_corrupt_total"), 2);
}

TEST_F(LocalStoreTest, ARowThatCannotBeReadIsDamageAndTheScrubberGoesOn) {
  start();
  const BlobId unreadable = *put("unreadable", Bytes(3000, 'a'));
  const BlobId damaged = *put("damaged", Bytes(200000, 'b'));
  ASSERT_TRUE(put("sound", Bytes(3000, 'c')));
  store_->index.rows.at(blob_key(unreadable)) = "?";
  store_->disk.flip_bit(extent_path(damaged), 70000, 1);
  const auto found = store_->run(store_->store->scrub_now());
  ASSERT_TRUE(found) << found.error().text();
  EXPECT_EQ(*found, 2u);
}

TEST_F(LocalStoreTest, TheScrubberLeavesTheRowsInMemoryToThoseWhoAsk) {
  start();
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(put("small " + std::to_string(i), Bytes(i % 2 == 0 ? 300 : 30, 'a')));
  const auto asked = [&] { return store_->node.metrics.value("farshore_backend_row_cache_misses_total") + store_->node.metrics.value("farshore_backend_row_cache_hits_total"); };
  const auto before = asked();
  EXPECT_EQ(*store_->run(store_->store->scrub_now()), 0u);
  EXPECT_EQ(store_->node.metrics.value("farshore_backend_scrubbed_blobs_total"), 300);
  EXPECT_EQ(asked(), before);
}

TEST_F(LocalStoreTest, ATinyBodyStaysInItsRowAndNoSegmentIsKeptForIt) {
  start();
  const BlobId empty = *put("empty", Bytes());
  const BlobId tiny = *put("tiny", Bytes(256, 't'));
  const BlobId small = *put("small", Bytes(257, 's'));
  const auto check = [&] {
    EXPECT_EQ(read(empty)->view(), "");
    EXPECT_EQ(read(tiny)->view(), Bytes(256, 't'));
    EXPECT_EQ(read(small)->view(), Bytes(257, 's'));
    EXPECT_EQ(store_->run(store_->store->read(OpContext(), tiny, 250, 100))->view(), "tttttt");
    EXPECT_EQ(parse_blob(store_->index.rows.at(blob_key(tiny)))->place, BlobRow::Place::kRow);
    EXPECT_EQ(parse_blob(store_->index.rows.at(blob_key(small)))->place, BlobRow::Place::kSegment);
  };
  check();
  EXPECT_EQ(*store_->run(store_->store->scrub_now()), 0u);
  store_->stop();
  store_->index.rows = store_->index.durable;
  store_->index.unflushed.clear();
  store_->disk.restart();
  reopen();  // from the log
  check();
  std::uint64_t live = 0;
  for (auto at = store_->index.rows.lower_bound("l"); at != store_->index.rows.end() && at->first[0] == 'l'; ++at) live += parse_segment(at->second)->live_bytes;
  EXPECT_EQ(live, 257u);
}

TEST_F(LocalStoreTest, ADamagedRecordWithSyncedOnesBehindItRefusesToOpen) {
  start();
  const BlobId first = *put("a", Bytes(3000, 'a'));
  const BlobRow row = *parse_blob(store_->index.rows.at(blob_key(first)));
  ASSERT_TRUE(put("b", Bytes(3000, 'b')));
  ASSERT_TRUE(put("c", Bytes(3000, 'c')));
  store_->stop();
  store_->index.rows = store_->index.durable;
  store_->index.unflushed.clear();
  store_->disk.restart();
  store_->disk.flip_bit(segment_path(row.segment), row.offset + 7, 0);
  const auto opened = store_->start();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), ErrorCode::kCorrupt);
  // Repaired, it opens with everything: refusing has changed nothing.
  store_->disk.flip_bit(segment_path(row.segment), row.offset + 7, 0);
  reopen();
  EXPECT_EQ(partition_->last_sequence().get(), 3u);
}

TEST_F(LocalStoreTest, ATornLastRecordIsTheEndOfTheLog) {
  start();
  ASSERT_TRUE(put("a", Bytes(3000, 'a')));
  const BlobId last = *put("b", Bytes(3000, 'b'));
  const BlobRow row = *parse_blob(store_->index.rows.at(blob_key(last)));
  store_->stop();
  store_->index.rows = store_->index.durable;
  store_->index.unflushed.clear();
  store_->disk.restart();
  store_->disk.flip_bit(segment_path(row.segment), row.offset + 7, 0);
  reopen();
  EXPECT_EQ(partition_->last_sequence().get(), 1u);
  EXPECT_TRUE(put("c", Bytes(3000, 'c')));
  EXPECT_EQ(partition_->last_sequence().get(), 2u);
}

TEST_F(LocalStoreTest, ALostIndexIsNotTakenForAnEmptyStore) {
  start();
  ASSERT_TRUE(put("a", Bytes(3000, 'a')));
  store_->kill();
  store_->index = {};
  const auto opened = store_->start();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), ErrorCode::kCorrupt);
}

TEST_F(LocalStoreTest, OverwrittenBodiesGiveTheirSpaceBack) {
  start();
  std::optional<BlobId> kept;
  std::optional<BlobId> old;
  for (int i = 0; i < 600; ++i) {
    const BlobId id = *blob(Bytes(3000, static_cast<char>('a' + i % 26)));
    storage::Batch batch;
    batch.put("key", "value");
    batch.adopt(id);
    if (old) batch.release(*old);
    ASSERT_TRUE(commit(std::move(batch)));
    old = id;
    if (i % 100 == 50) kept = *put("kept" + std::to_string(i), Bytes(2000, 'k'));
  }
  ASSERT_TRUE(store_->run(store_->store->compact_now()));
  // 1.8 MB were written; what is alive is 15 KB in at most the newest segments and a spare.
  EXPECT_LE(log_bytes(), 5 * store_->settings.segment_bytes);
  EXPECT_EQ(read(*kept)->view(), Bytes(2000, 'k'));
  store_->cut_power();
  reopen();
  EXPECT_EQ(read(*kept)->view(), Bytes(2000, 'k'));
  EXPECT_EQ(read(*old)->size(), 3000u);
}

TEST_F(LocalStoreTest, AFreedLargeBlobLeavesNoFile) {
  start();
  const BlobId id = *put("large", Bytes(100000, 'x'));
  EXPECT_EQ(store_->disk.file_bytes(extent_path(id)), 100000u + 2 * 4 + 24);
  ASSERT_TRUE(erase("large", id));
  store_->loop.run_until(store_->loop.now() + std::chrono::milliseconds(10));
  EXPECT_EQ(store_->disk.file_bytes(extent_path(id)), 0u);
}

TEST_F(LocalStoreTest, LargeBlobsThatNobodyAdoptedAreRemovedAtTheNextStart) {
  start();
  const BlobId id = *blob(Bytes(100000, 'x'));
  {
    auto writer = store_->run(store_->store->create(OpContext(), 200000));
    ASSERT_TRUE(store_->run((*writer)->write(OpContext(), Buffer(Bytes(2u << 20, 'y')))));
    store_->kill();
  }
  reopen();
  store_->loop.run_until(store_->loop.now() + std::chrono::milliseconds(10));
  for (const std::string& path : store_->disk.paths()) EXPECT_FALSE(path.starts_with("extents/")) << path;
  EXPECT_EQ(read(id).error().code(), ErrorCode::kNotFound);
}

TEST_F(LocalStoreTest, ADroppedPartitionIsEmptyEvenAfterACrash) {
  start();
  for (int i = 0; i < 50; ++i) {
    storage::Batch batch;
    batch.put("key" + std::to_string(i), "value");
    batch.journal("record");
    ASSERT_TRUE(commit(std::move(batch)));
  }
  const auto held = partition_;
  ASSERT_TRUE(store_->run(store_->store->drop(OpContext(), kPartition)));
  EXPECT_EQ(store_->run(held->commit(OpContext(), storage::Batch())).error().code(), ErrorCode::kPartitionFenced);
  open_partition();
  EXPECT_EQ(partition_->last_sequence().get(), 0u);
  storage::Batch batch;
  batch.put("new", "value");
  ASSERT_TRUE(commit(std::move(batch)));
  store_->cut_power();
  reopen();
  EXPECT_EQ(store_->run(partition_->scan(OpContext(), storage::ScanRange{}))->rows.size(), 1u);
  EXPECT_EQ(partition_->last_sequence().get(), 1u);
}

TEST_F(LocalStoreTest, ATrimmedJournalStaysTrimmedAfterACrash) {
  start();
  for (int i = 0; i < 50; ++i) {
    storage::Batch batch;
    batch.journal("record");
    ASSERT_TRUE(commit(std::move(batch)));
  }
  ASSERT_TRUE(store_->run(partition_->trim_journal(OpContext(), Sequence(30))));
  store_->cut_power();
  reopen();
  EXPECT_EQ(store_->run(partition_->read_journal(OpContext(), Sequence(29), 100)).error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(store_->run(partition_->read_journal(OpContext(), Sequence(30), 100))->entries.size(), 20u);
}

TEST_F(LocalStoreTest, AnotherRegionsDirectoryIsRefused) {
  start();
  ASSERT_TRUE(store_->close());
  auto opened = store_->run(LocalStore::open(store_->node.runtime, store_->disk,
                                             std::make_unique<sim::SimIndex>(store_->disk, store_->index, store_->loop.random()), tiny_settings(),
                                             RegionNumber(2)));
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), ErrorCode::kInvalidArgument);
}

TEST_F(LocalStoreTest, AFailedStoreSaysSoAndGoesOnReading) {
  start();
  const BlobId id = *put("a", Bytes(3000, 'a'));
  store_->disk.fail_sync(1);
  const auto refused = put("b", Bytes(3000, 'b'));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kStorageUnavailable);
  EXPECT_EQ(refused.error().effect(), Effect::kMaybeApplied);
  EXPECT_TRUE(store_->store->failed());
  EXPECT_EQ(put("c", Bytes(10, 'c')).error().code(), ErrorCode::kStorageUnavailable);
  EXPECT_TRUE(read(id));
  EXPECT_FALSE(store_->close());
}

TEST(LocalSettings, OutOfRangeIsRefusedByName) {
  LocalSettings settings;
  EXPECT_TRUE(settings.check());
  EXPECT_TRUE(LocalSettings::development().check());
  EXPECT_TRUE(tiny_settings().check());
  settings.segment_bytes = 1;
  EXPECT_EQ(settings.check().error().detail("setting"), "segment_bytes");
}

TEST(LocalSettings, AreSetByNameWithinTheirRange) {
  LocalSettings settings;
  EXPECT_TRUE(settings.set("segment_bytes", 1u << 20));
  EXPECT_EQ(settings.segment_bytes, 1u << 20);
  EXPECT_TRUE(settings.set("compact_below_percent", 90));
  EXPECT_EQ(settings.compact_below_percent, 90u);
  EXPECT_EQ(settings.set("compact_below_percent", 91).error().detail("setting"), "compact_below_percent");
  EXPECT_EQ(settings.compact_below_percent, 90u);
  EXPECT_EQ(settings.set("segments", 1).error().detail("setting"), "segments");
}

}  // namespace
}  // namespace farshore::backend
