// SPDX-License-Identifier: Apache-2.0
// What can be read of a store whose log has ended: everything but what its last commits may have changed.
#include <gtest/gtest.h>

#include "backend/local/local_fixture.h"

namespace farshore::backend {
namespace {

const PartitionId kPartition{BucketId(7), 0};

storage::Batch put(const Bytes& key, const Bytes& value) {
  storage::Batch batch;
  batch.put(key, value);
  return batch;
}

template <class T>
std::optional<ErrorCode> code_of(const Result<T>& result) {
  return result ? std::nullopt : std::optional(result.error().code());
}

TEST(EndedLog, ARowThatMayHaveBeenWrittenIsUnknownAndOthersAreRead) {
  for (const bool of_index : {false, true}) {
    SCOPED_TRACE(of_index ? "the index failed" : "the log failed");
    SimStore sim;
    ASSERT_TRUE(sim.start());
    auto partition = *sim.run(sim.store->open(OpContext(), kPartition));
    ASSERT_TRUE(sim.run(partition->commit(OpContext(), put("a", "1"))));
    ASSERT_TRUE(sim.run(partition->commit(OpContext(), put("c", "1"))));
    if (of_index) {
      sim.disk.stop_at_step(sim.disk.steps() + 3);  // write and sync of the log go well
    } else {
      sim.disk.fail_sync(1);
    }
    const auto lost = sim.run(partition->commit(OpContext(), put("b", "1")));
    ASSERT_FALSE(lost);
    EXPECT_EQ(lost.error().effect(), Effect::kMaybeApplied);
    ASSERT_TRUE(sim.store->failed());

    EXPECT_EQ(code_of(sim.run(partition->get(OpContext(), "b"))), ErrorCode::kStorageUnavailable) << "nobody knows what it holds";
    EXPECT_EQ(code_of(sim.run(partition->scan(OpContext(), storage::ScanRange{"a", "c"}))), ErrorCode::kStorageUnavailable);
    if (of_index) continue;  // that disk gives nothing any more
    const auto known = sim.run(partition->get(OpContext(), "a"));
    ASSERT_TRUE(known && *known);
    EXPECT_EQ((*known)->value, "1");
    const auto page = sim.run(partition->scan(OpContext(), storage::ScanRange{"c", "d"}));
    ASSERT_TRUE(page);
    EXPECT_EQ(page->rows.size(), 1u);
  }
}

}  // namespace
}  // namespace farshore::backend
