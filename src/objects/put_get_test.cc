// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "codec/text.h"
#include "crypto/crc64.h"
#include "crypto/digest.h"
#include "keys/sealed_content.h"
#include "objects/test_region.h"

namespace farshore::objects {
namespace {

class PutGet : public testing::Test {
 protected:
  std::string random_content(std::size_t size) { return loop.random().bytes(size); }
  sim::SimLoop loop;
  TestRegion east{loop};
};

TEST_F(PutGet, WhatWasPutIsReadBackWithItsDigests) {
  const BucketRef bucket = east.bucket(1);
  for (const std::size_t size : {0u, 1u, 65536u, 65537u, 300000u, 1500000u}) {
    const std::string content = random_content(size);
    const auto put = east.put(bucket, "cat.jpg", content);
    ASSERT_TRUE(put) << put.error().text();
    EXPECT_FALSE(put->version_id);
    EXPECT_EQ(put->etag, codec::hex_encode_upper(crypto::bytes_of(crypto::md5(content))));
    EXPECT_EQ(put->crc64, crypto::crc64(content));
    EXPECT_EQ(east.get(bucket, "cat.jpg").value(), content);
  }
  EXPECT_EQ(east.blobs(), 1u) << "replaced contents are given back";
}

TEST_F(PutGet, EncryptedContentIsReadBackInAnyRangeAndStoredSealed) {
  const BucketRef bucket = east.bucket(1);
  PutObject request;
  request.object.encryption = Encryption::kAes256;
  const std::string content = random_content(700000);
  ASSERT_TRUE(east.put(bucket, "secret", content, request));
  const Version version = east.head(bucket, "secret").value();
  EXPECT_EQ(version.sealing.algorithm, Encryption::kAes256);
  EXPECT_EQ(east.read(bucket, version).value(), content);
  for (int i = 0; i < 60; ++i) {
    const std::uint64_t offset = loop.random().below(content.size());
    const std::uint64_t length = loop.random().below(content.size() - offset + 1);
    EXPECT_EQ(east.read(bucket, version, ByteRange{offset, length}).value(), content.substr(offset, length));
  }
  const auto& stored = east.store.medium()->blobs.begin()->second.content;
  EXPECT_EQ(stored.size(), keys::sealed_size(content.size()));
  EXPECT_EQ(stored.view().find(content.substr(0, 32)), std::string_view::npos);
  EXPECT_EQ(east.read(bucket, version, ByteRange{content.size(), 1}).error().code(), ErrorCode::kInvalidRange);
}

TEST_F(PutGet, AContentOfOnePieceIsGivenWholeAndALargerOneAsASource) {
  const BucketRef bucket = east.bucket(1);
  const auto open = [&](const std::string& content, std::optional<ByteRange> range) {
    EXPECT_TRUE(east.put(bucket, "key", content));
    return east.run(open_content(east.op, bucket, east.head(bucket, "key").value(), range)).value();
  };
  const std::string small = random_content(5000);
  EXPECT_EQ(open(small, {}).whole.view(), small);
  EXPECT_EQ(open(small, ByteRange{10, 20}).whole.view(), small.substr(10, 20));
  EXPECT_FALSE(open(small, {}).source);
  const std::string large = random_content(300000);
  EXPECT_EQ(open(large, ByteRange{290000, 100}).whole.view(), large.substr(290000, 100));
  const OpenedContent opened = open(large, {});
  ASSERT_TRUE(opened.source);
  EXPECT_EQ(opened.source->length(), large.size());
}

TEST_F(PutGet, AWrongDigestLeavesNothingBehind) {
  const BucketRef bucket = east.bucket(1);
  PutObject wrong_md5;
  wrong_md5.expected.content_md5 = codec::base64_encode(crypto::bytes_of(crypto::md5("other")));
  EXPECT_EQ(east.put(bucket, "a", "content", wrong_md5).error().code(), ErrorCode::kInvalidDigest);
  PutObject wrong_crc;
  wrong_crc.expected.crc64 = 1;
  EXPECT_EQ(east.put(bucket, "a", "content", wrong_crc).error().code(), ErrorCode::kInvalidCRC64);
  EXPECT_EQ(east.head(bucket, "a").error().code(), ErrorCode::kNoSuchKey);
  EXPECT_EQ(east.blobs(), 0u);
  EXPECT_TRUE(east.journal(bucket).empty());
}

TEST_F(PutGet, ForbidOverwriteRefusesOnlyWithoutVersioning) {
  PutObject request;
  request.object.forbid_overwrite = true;
  const BucketRef plain = east.bucket(1);
  EXPECT_TRUE(east.put(plain, "a", "1", request));
  EXPECT_EQ(east.put(plain, "a", "2", request).error().code(), ErrorCode::kFileAlreadyExists);
  EXPECT_EQ(east.get(plain, "a").value(), "1");
  const BucketRef versioned = east.bucket(2, Versioning::kEnabled);
  EXPECT_TRUE(east.put(versioned, "a", "1", request));
  EXPECT_TRUE(east.put(versioned, "a", "2", request));
}

TEST_F(PutGet, AVersionedBucketKeepsEveryVersionUnderItsId) {
  const BucketRef bucket = east.bucket(1, Versioning::kEnabled);
  const auto first = east.put(bucket, "a", "1").value();
  const auto second = east.put(bucket, "a", "2").value();
  EXPECT_EQ(east.get(bucket, "a").value(), "2");
  EXPECT_EQ(east.get(bucket, "a", first.version_id).value(), "1");
  const auto gone = east.remove(bucket, "a").value();
  EXPECT_TRUE(gone.inserted_marker);
  const auto hidden = east.head(bucket, "a");
  EXPECT_EQ(hidden.error().code(), ErrorCode::kNoSuchKey);
  EXPECT_EQ(hidden.error().detail("VersionId"), gone.version_id->text());
  EXPECT_EQ(east.head(bucket, "a", gone.version_id).error().code(), ErrorCode::kMethodNotAllowed);
  EXPECT_EQ(east.head(bucket, "a", VersionId::null()).error().code(), ErrorCode::kNoSuchVersion);
  const auto undone = east.remove(bucket, "a", gone.version_id).value();
  EXPECT_TRUE(undone.delete_marker);
  EXPECT_EQ(east.get(bucket, "a", second.version_id).value(), "2");
  EXPECT_EQ(east.get(bucket, "a").value(), "2");
}

TEST_F(PutGet, SuspendingReplacesTheNullVersionWhereverItStands) {
  const BucketRef bucket = east.bucket(1);
  ASSERT_TRUE(east.put(bucket, "a", "null-1"));
  auto& buckets = east.objects.buckets();
  ASSERT_TRUE(east.run(buckets.set_versioning(east.op, bucket, east.anyone, Versioning::kEnabled)));
  const auto kept = east.put(bucket, "a", "kept").value();
  EXPECT_EQ(east.get(bucket, "a", VersionId::null()).value(), "null-1");
  ASSERT_TRUE(east.run(buckets.set_versioning(east.op, bucket, east.anyone, Versioning::kSuspended)));
  const auto replaced = east.put(bucket, "a", "null-2").value();
  EXPECT_EQ(replaced.version_id, VersionId::null());
  EXPECT_EQ(east.versions(bucket).size(), 2u);
  const auto marker = east.remove(bucket, "a").value();
  EXPECT_EQ(marker.version_id, VersionId::null());
  EXPECT_EQ(east.versions(bucket).size(), 2u);
  EXPECT_EQ(east.get(bucket, "a", kept.version_id).value(), "kept");
  EXPECT_EQ(east.owned_blobs(), 1u);
}

TEST_F(PutGet, WritersOfOneKeyAllSucceedAndTheLastCommittedIsCurrent) {
  const BucketRef bucket = east.bucket(1, Versioning::kEnabled);
  struct Writer {
    static Task<void> run(TestRegion* region, BucketRef bucket, int i, int* done) {
      PutObject put;
      put.object.key = ObjectKey("a");
      const auto result = co_await put_object(region->op, bucket, region->anyone, std::move(put), memory_body(std::to_string(i)));
      if (result) ++*done;
    }
  };
  int done = 0;
  TaskScope scope(loop);
  for (int i = 0; i < 20; ++i) scope.spawn(Writer::run(&east, bucket, i, &done));
  loop.run_until([&] { return scope.size() == 0; });
  EXPECT_EQ(done, 20);
  const auto versions = east.versions(bucket);
  ASSERT_EQ(versions.size(), 20u);
  EXPECT_TRUE(versions.front().is_latest);
  EXPECT_EQ(east.journal(bucket).back().version, versions.front().version.id);
}

/// Allows the first time and refuses from then on.
class AllowsOnce : public Decider {
 public:
  Task<Result<Sequence>> decide(OpContext, const Bucket& bucket) override {
    if (asked++ > 0) co_return Error(ErrorCode::kAccessDenied, "no more");
    co_return bucket.guard().version;
  }
  int asked = 0;
};

TEST_F(PutGet, APolicyChangedBeforeTheCommitIsDecidedAgain) {
  const BucketRef bucket = east.bucket(1);
  struct Racer {
    static Task<void> edit(TestRegion* region, BucketRef bucket) {
      static_cast<void>(co_await region->objects.buckets().set_policy(region->op, bucket, region->anyone, "{}"));
    }
    static Task<void> put(TestRegion* region, BucketRef bucket, AllowsOnce* decider, std::optional<Result<PutResult>>* out) {
      PutObject request;
      request.object.key = ObjectKey("a");
      out->emplace(co_await put_object(region->op, bucket, *decider, std::move(request), memory_body("1")));
    }
  };
  // The interleaving is random; over many rounds both outcomes occur, and never a write after a refusal.
  int refused = 0;
  for (int round = 0; round < 40; ++round) {
    AllowsOnce decider;
    std::optional<Result<PutResult>> outcome;
    ASSERT_TRUE(east.run(east.objects.buckets().set_policy(east.op, bucket, east.anyone, "")));
    ASSERT_TRUE(east.remove(bucket, "a"));
    TaskScope scope(loop);
    scope.spawn(Racer::put(&east, bucket, &decider, &outcome));
    scope.spawn(Racer::edit(&east, bucket));
    loop.run_until([&] { return scope.size() == 0; });
    if (!*outcome) {
      ++refused;
      EXPECT_EQ(outcome->error().code(), ErrorCode::kAccessDenied);
      EXPECT_EQ(decider.asked, 2);
      EXPECT_EQ(east.blobs(), 0u);
    }
    EXPECT_EQ(east.head(bucket, "a").has_value(), outcome->has_value());
  }
  EXPECT_GT(refused, 0);
}

TEST_F(PutGet, AFailedCommitThatMayHaveBeenAppliedKeepsItsBlob) {
  const BucketRef bucket = east.bucket(1);
  east.store.behaviour().next_commit = backend::CommitFault::kAppliedUnsaid;
  const auto put = east.put(bucket, "a", "content");
  ASSERT_FALSE(put);
  EXPECT_EQ(put.error().effect(), Effect::kMaybeApplied);
  EXPECT_EQ(east.get(bucket, "a").value(), "content");
  east.store.behaviour().next_commit = backend::CommitFault::kFull;
  EXPECT_EQ(east.put(bucket, "b", "content").error().code(), ErrorCode::kStorageFull);
  EXPECT_EQ(east.blobs(), 1u);
}

}  // namespace
}  // namespace farshore::objects
