// SPDX-License-Identifier: Apache-2.0
// While somebody reads the journal, what lands goes to the row cache without a look at the index. It must be what the index has.
#include <map>

#include <gtest/gtest.h>

#include "backend/local/local_fixture.h"

namespace farshore::backend {
namespace {

const PartitionId kPartition{BucketId(7), 0};

class FollowedRows : public testing::Test {
 protected:
  void SetUp() override { reopen(); }
  void reopen() {
    const auto started = sim_.start();
    ASSERT_TRUE(started) << started.error().text();
    partition_ = *sim_.run(sim_.store->open(OpContext(), kPartition));
  }
  BlobId blob(const Bytes& content) {
    auto writer = *sim_.run(sim_.store->create(OpContext(), content.size()));
    EXPECT_TRUE(sim_.run(writer->write(OpContext(), Buffer(Bytes(content)))));
    EXPECT_TRUE(sim_.run(writer->finish(OpContext())));
    return writer->id();
  }
  void commit(storage::Batch batch) {
    const auto done = sim_.run(partition_->commit(OpContext(), std::move(batch)));
    ASSERT_TRUE(done) << done.error().text();
  }
  std::optional<storage::Row> row(const Bytes& key) { return *sim_.run(partition_->get(OpContext(), key)); }
  Bytes content(BlobId id) {
    const auto bytes = sim_.run(sim_.store->read(OpContext(), id, 0, 1u << 20));
    return bytes ? Bytes(bytes->view()) : "error: " + bytes.error().text();
  }

  SimStore sim_;
  std::shared_ptr<storage::Partition> partition_;
};

TEST_F(FollowedRows, AreWhatTheIndexHas) {
  ASSERT_TRUE(sim_.run(partition_->read_journal(OpContext(), Sequence(0), 10)));
  std::map<Bytes, std::pair<BlobId, Bytes>> bodies;
  for (int i = 0; i < 120; ++i) {
    const Bytes key = "key" + std::to_string(i % 40);
    storage::Batch batch;
    if (i % 7 == 6 && bodies.contains(key)) {
      batch.erase(key);
      batch.release(bodies[key].first);
      bodies.erase(key);
    } else {
      const Bytes bytes(static_cast<std::size_t>(1 + i * 37 % 6000), static_cast<char>('a' + i % 26));  // some in files of their own
      const BlobId id = blob(bytes);
      batch.put(key, std::to_string(id.get()));
      batch.adopt(id);
      if (const auto before = bodies.find(key); before != bodies.end()) batch.release(before->second.first);
      bodies[key] = {id, bytes};
    }
    batch.journal("record");
    commit(std::move(batch));
  }
  std::map<Bytes, std::optional<storage::Row>> seen;
  for (int i = 0; i < 40; ++i) seen["key" + std::to_string(i)] = row("key" + std::to_string(i));
  for (const auto& [key, body] : bodies) {
    ASSERT_TRUE(seen[key]) << key;
    EXPECT_EQ(seen[key]->value, std::to_string(body.first.get()));
    EXPECT_EQ(content(body.first), body.second);
  }
  partition_.reset();
  ASSERT_TRUE(sim_.close());
  reopen();
  for (const auto& [key, before] : seen) {
    const auto after = row(key);
    ASSERT_EQ(after.has_value(), before.has_value()) << key;
    if (after) EXPECT_EQ(std::make_pair(after->value, after->version), std::make_pair(before->value, before->version)) << key;
    EXPECT_EQ(after.has_value(), bodies.contains(key));
  }
}

}  // namespace
}  // namespace farshore::backend
