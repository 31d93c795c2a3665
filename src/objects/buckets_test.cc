// SPDX-License-Identifier: Apache-2.0
#include "objects/buckets.h"

#include <gtest/gtest.h>

#include "objects/test_region.h"
#include "objects/tombstones.h"

namespace farshore::objects {
namespace {

class BucketsOfARegion : public testing::Test {
 protected:
  Result<void> remove(BucketRef bucket) { return east.run(buckets.remove(east.op, bucket, east.anyone)); }
  std::optional<Version> stored_head(BucketRef bucket, std::string key) {
    const auto row = east.run(bucket->partition().get(east.op, storage::head_row(ObjectKey(key)))).value();
    if (!row) return std::nullopt;
    return storage::decode_version(row->value).value();
  }
  sim::SimLoop loop;
  TestRegion east{loop};
  Buckets& buckets = east.objects.buckets();
};

TEST_F(BucketsOfARegion, AreOpenedOnceAndFoundAgainAfterARestart) {
  const BucketRef bucket = east.bucket(1, Versioning::kEnabled);
  EXPECT_EQ(east.run(buckets.open(east.op, bucket->id())).value(), bucket);
  EXPECT_EQ(east.bucket(1, Versioning::kEnabled), bucket) << "creating again with the same settings is ok";
  BucketSettings other = bucket->settings();
  other.owner = AccountUid("2000000000000002");
  EXPECT_EQ(east.run(buckets.create(east.op, other)).error().code(), ErrorCode::kBucketAlreadyExists);
  Buckets reopened(east.objects.stores());
  const BucketRef again = east.run(reopened.open(east.op, bucket->id())).value();
  EXPECT_EQ(again->settings(), bucket->settings());
  EXPECT_EQ(east.run(buckets.open(east.op, BucketId(99))).error().code(), ErrorCode::kNoSuchBucket);
}

TEST_F(BucketsOfARegion, OnlyAnEmptyBucketIsDeletedAndNothingIsWrittenAfterwards) {
  const BucketRef bucket = east.bucket(1, Versioning::kEnabled);
  const auto put = east.put(bucket, "a", "1").value();
  const auto marker = east.remove(bucket, "a").value();
  EXPECT_EQ(remove(bucket).error().code(), ErrorCode::kBucketNotEmpty);
  ASSERT_TRUE(east.remove(bucket, "a", put.version_id));
  EXPECT_EQ(remove(bucket).error().code(), ErrorCode::kBucketNotEmpty) << "a marker alone is not nothing";
  ASSERT_TRUE(east.remove(bucket, "a", marker.version_id));
  ASSERT_TRUE(remove(bucket));
  EXPECT_EQ(east.put(bucket, "a", "2").error().code(), ErrorCode::kNoSuchBucket);
  EXPECT_EQ(east.run(buckets.open(east.op, bucket->id())).error().code(), ErrorCode::kNoSuchBucket);
  EXPECT_EQ(remove(bucket).error().code(), ErrorCode::kNoSuchBucket);
  EXPECT_EQ(east.blobs(), 0u);
  ASSERT_TRUE(east.run(buckets.drop(east.op, bucket->id())));
}

TEST_F(BucketsOfARegion, ADeletionAndAPutNeverBothSucceed) {
  struct Racer {
    static Task<void> put(TestRegion* region, BucketRef bucket, bool* ok) {
      PutObject request;
      request.object.key = ObjectKey("a");
      *ok = (co_await put_object(region->op, bucket, region->anyone, std::move(request), memory_body("1"))).has_value();
    }
    static Task<void> remove(TestRegion* region, BucketRef bucket, bool* ok) {
      *ok = (co_await region->objects.buckets().remove(region->op, bucket, region->anyone)).has_value();
    }
  };
  int put_won = 0, remove_won = 0;
  for (std::uint64_t round = 1; round <= 60; ++round) {
    const BucketRef bucket = east.bucket(round);
    bool put = false, removed = false;
    TaskScope scope(loop);
    scope.spawn(Racer::put(&east, bucket, &put));
    loop.run_until(loop.now() + std::chrono::microseconds(loop.random().below(900)));
    scope.spawn(Racer::remove(&east, bucket, &removed));
    loop.run_until([&] { return scope.size() == 0; });
    EXPECT_NE(put, removed) << "round " << round;
    put ? ++put_won : ++remove_won;
  }
  EXPECT_GT(put_won, 0);
  EXPECT_GT(remove_won, 0);
}

TEST_F(BucketsOfARegion, VersioningIsFrozenWhileARuleRefersToTheBucket) {
  const BucketRef ruled = east.bucket(1, Versioning::kDisabled, true);
  EXPECT_EQ(east.run(buckets.set_versioning(east.op, ruled, east.anyone, Versioning::kEnabled)).error().code(), ErrorCode::kInvalidBucketState);
  const BucketRef bucket = east.bucket(2);
  const Sequence before = bucket->guard().version;
  EXPECT_EQ(east.run(buckets.set_versioning(east.op, bucket, east.anyone, Versioning::kDisabled))->version, before) << "no change, no commit";
  EXPECT_GT(east.run(buckets.set_versioning(east.op, bucket, east.anyone, Versioning::kEnabled))->version, before);
  EXPECT_EQ(east.run(buckets.set_versioning(east.op, bucket, east.anyone, Versioning::kDisabled)).error().code(), ErrorCode::kInvalidArgument);
}

TEST_F(BucketsOfARegion, ADecisionMadeBeforehandEndsWithTheGuardItWasMadeUnder) {
  const BucketRef bucket = east.bucket(1);
  Decided decided(bucket->guard().version);
  ASSERT_TRUE(east.run(delete_object(east.op, bucket, decided, ObjectRef{ObjectKey("a"), {}})));
  ASSERT_TRUE(east.run(buckets.set_policy(east.op, bucket, east.anyone, "{}")));
  const auto late = east.run(delete_object(east.op, bucket, decided, ObjectRef{ObjectKey("a"), {}}));
  EXPECT_EQ(late.error().code(), ErrorCode::kExpectationFailed);
  EXPECT_EQ(late.error().detail("row"), "guard");
}

TEST_F(BucketsOfARegion, DeletionsAreRememberedOnlyWhereARuleRefersToTheBucket) {
  const BucketRef plain = east.bucket(1), ruled = east.bucket(2, Versioning::kDisabled, true);
  for (const BucketRef& bucket : {plain, ruled}) {
    ASSERT_TRUE(east.put(bucket, "a", "1"));
    ASSERT_TRUE(east.remove(bucket, "a"));
    EXPECT_EQ(east.head(bucket, "a").error().code(), ErrorCode::kNoSuchKey);
    EXPECT_TRUE(east.versions(bucket).empty());
    EXPECT_TRUE(east.run(list_objects(east.op, bucket, {})).value().objects.empty());
    EXPECT_EQ(east.journal(bucket).back().kind, ChangeKind::kDeleteVersion);
  }
  EXPECT_FALSE(stored_head(plain, "a"));
  const auto record = stored_head(ruled, "a");
  ASSERT_TRUE(record);
  EXPECT_EQ(record->kind, VersionKind::kVoid);
  EXPECT_EQ(record->order, east.journal(ruled).back().order);
  PutObject request;
  request.object.forbid_overwrite = true;
  EXPECT_TRUE(east.put(ruled, "a", "2", request)) << "a void record is nothing to clients";
  EXPECT_GT(stored_head(ruled, "a")->order, record->order);
  ASSERT_TRUE(east.remove(ruled, "a"));
  EXPECT_TRUE(remove(ruled)) << "void records do not keep a bucket alive";

  const BucketRef versioned = east.bucket(3, Versioning::kEnabled, true);
  const auto put = east.put(versioned, "a", "1").value();
  ASSERT_TRUE(east.remove(versioned, "a", put.version_id));
  EXPECT_TRUE(east.run(versioned->partition().get(east.op, storage::tombstone_row(ObjectKey("a"), *put.version_id))).value());
}

TEST_F(BucketsOfARegion, OldDeletionsAreForgottenAndWhatLivesStays) {
  const BucketRef plain = east.bucket(1, Versioning::kDisabled, true), versioned = east.bucket(2, Versioning::kEnabled, true);
  for (const BucketRef& bucket : {plain, versioned}) {
    const auto old = east.put(bucket, "old", "1").value();
    ASSERT_TRUE(east.remove(bucket, "old", old.version_id));
    ASSERT_TRUE(east.put(bucket, "alive", "1"));
    loop.run_until(loop.now() + std::chrono::seconds(10));
    const HybridTime between = bucket->partition().stamp();
    const auto fresh = east.put(bucket, "fresh", "1").value();
    ASSERT_TRUE(east.remove(bucket, "fresh", fresh.version_id));
    EXPECT_EQ(east.run(collect_tombstones(east.op, bucket, between)).value(), 1u);
    EXPECT_FALSE(stored_head(bucket, "old"));
    EXPECT_EQ(east.get(bucket, "alive").value(), "1");
    EXPECT_EQ(east.run(collect_tombstones(east.op, bucket, HybridTime{~0ull})).value(), 1u);
  }
}

TEST_F(BucketsOfARegion, ManyDeletionsAnswerInTheirOrder) {
  const BucketRef bucket = east.bucket(1, Versioning::kEnabled);
  std::vector<ObjectRef> refs;
  for (int i = 0; i < 100; ++i) {
    const std::string key = "k" + std::to_string(i);
    const auto put = east.put(bucket, key, "x").value();
    refs.push_back(ObjectRef{ObjectKey(key), i % 2 ? put.version_id : std::nullopt});
  }
  const auto results = east.run(delete_many(east.op, bucket, east.anyone, refs));
  ASSERT_EQ(results.size(), refs.size());
  for (std::size_t i = 0; i < refs.size(); ++i) {
    ASSERT_TRUE(results[i]);
    EXPECT_EQ(results[i]->inserted_marker, i % 2 == 0);
    if (i % 2) EXPECT_EQ(results[i]->version_id, refs[i].version_id);
  }
  EXPECT_EQ(east.versions(bucket).size(), 100u);
}

TEST_F(BucketsOfARegion, APowerCutInTheMiddleOfManyDeletionsLeavesNoFrameBehind) {
  const BucketRef bucket = east.bucket(1);
  std::vector<ObjectRef> refs;
  for (int i = 0; i < 40; ++i) refs.push_back(ObjectRef{ObjectKey("k" + std::to_string(i)), {}});
  struct Runner {
    static Task<void> run(TestRegion* region, BucketRef bucket, std::vector<ObjectRef> refs) {
      static_cast<void>(co_await delete_many(region->op, bucket, region->anyone, std::move(refs)));
    }
  };
  TaskScope scope(loop);
  scope.spawn(Runner::run(&east, bucket, refs));
  loop.run_until(loop.now() + std::chrono::microseconds(50));
  scope.abandon();
}

}  // namespace
}  // namespace farshore::objects
