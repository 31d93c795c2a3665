// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "objects/test_region.h"

namespace farshore::objects {
namespace {

class CopyAndTags : public testing::Test {
 protected:
  Result<CopyResult> copy(BucketRef from, std::string source, BucketRef to, std::string destination, CopyObject request = {}) {
    request.object.key = ObjectKey(std::move(destination));
    const ObjectRef ref{ObjectKey(std::move(source)), {}};
    TRY(const Version version, east.run(find_object(east.op, from, ref)));
    return east.run(copy_object(east.op, from, ref, version, to, east.anyone, std::move(request)));
  }
  PutObject described() {
    PutObject put;
    put.object.metadata.content_type = "text/plain";
    put.object.tags = {{"team", "blue"}};
    put.object.acl = ObjectAcl::kPublicRead;
    return put;
  }
  sim::SimLoop loop;
  TestRegion east{loop};
  BucketRef plain = east.bucket(1);
  BucketRef versioned = east.bucket(2, Versioning::kEnabled);
};

TEST_F(CopyAndTags, ACopySharesItsBlobsAndOutlivesItsSource) {
  ASSERT_TRUE(east.put(plain, "a", "content", described()));
  for (const BucketRef& destination : {plain, versioned}) {
    ASSERT_TRUE(copy(plain, "a", destination, "b"));
    const Version version = east.head(destination, "b").value();
    EXPECT_EQ(version.metadata.content_type, "text/plain");
    EXPECT_EQ(version.tags, (TagSet{{"team", "blue"}}));
    EXPECT_EQ(version.acl, ObjectAcl::kDefault) << "the ACL is not copied";
  }
  EXPECT_EQ(east.blobs(), 1u);
  ASSERT_TRUE(east.remove(plain, "a"));
  ASSERT_TRUE(east.remove(plain, "b"));
  EXPECT_EQ(east.get(versioned, "b").value(), "content");
  ASSERT_TRUE(east.remove(versioned, "b", east.head(versioned, "b")->id));
  EXPECT_EQ(east.blobs(), 0u);
}

TEST_F(CopyAndTags, ACopyOntoItselfReplacesMetadataAndMovesNoBytes) {
  ASSERT_TRUE(east.put(plain, "a", "content", described()));
  CopyObject request;
  request.object.metadata.content_type = "image/png";
  ASSERT_TRUE(copy(plain, "a", plain, "a", request));
  EXPECT_EQ(east.head(plain, "a")->metadata.content_type, "image/png");
  EXPECT_EQ(east.get(plain, "a").value(), "content");
  EXPECT_EQ(east.blobs(), 1u);
  const auto first = east.put(versioned, "a", "content", described()).value();
  ASSERT_TRUE(copy(versioned, "a", versioned, "a", request));
  EXPECT_EQ(east.head(versioned, "a")->metadata.content_type, "text/plain") << "COPY is the default directive";
  EXPECT_EQ(east.versions(versioned).size(), 2u);
  EXPECT_EQ(east.get(versioned, "a", first.version_id).value(), "content");
}

TEST_F(CopyAndTags, ACopyWithOtherEncryptionIsSealedAnew) {
  ASSERT_TRUE(east.put(plain, "a", "content"));
  CopyObject request;
  request.object.encryption = Encryption::kAes256;
  const auto copied = copy(plain, "a", plain, "b", request);
  ASSERT_TRUE(copied) << copied.error().text();
  EXPECT_EQ(copied->put.encryption, Encryption::kAes256);
  EXPECT_EQ(copied->put.etag, east.head(plain, "a")->etag);
  EXPECT_EQ(east.get(plain, "b").value(), "content");
  ASSERT_TRUE(copy(plain, "b", plain, "c", request));
  EXPECT_EQ(east.get(plain, "c").value(), "content") << "the data key travels with shared blobs";
  EXPECT_EQ(east.blobs(), 2u);
}

TEST_F(CopyAndTags, TagsAndAclChangeInPlaceWithAStampAndARecord) {
  const auto first = east.put(versioned, "a", "1").value();
  ASSERT_TRUE(east.put(versioned, "a", "2"));
  const ObjectRef ref{ObjectKey("a"), first.version_id};
  const Version before = east.head(versioned, "a", first.version_id).value();
  ASSERT_TRUE(east.run(put_tags(east.op, versioned, east.anyone, ref, {{"k", "v"}})));
  EXPECT_EQ(east.journal(versioned).back().kind, ChangeKind::kPutTags);
  ASSERT_TRUE(east.run(put_acl(east.op, versioned, east.anyone, ref, ObjectAcl::kPrivate)));
  EXPECT_EQ(east.journal(versioned).back().kind, ChangeKind::kPutAcl);
  const Version after = east.head(versioned, "a", first.version_id).value();
  EXPECT_EQ(after.tags, (TagSet{{"k", "v"}}));
  EXPECT_EQ(after.acl, ObjectAcl::kPrivate);
  EXPECT_GT(after.tags_stamp, before.tags_stamp);
  EXPECT_GT(after.acl_stamp, after.tags_stamp);
  EXPECT_EQ(after.last_modified_millis, before.last_modified_millis);
  EXPECT_EQ(east.get(versioned, "a").value(), "2");
  const auto cleared = east.run(delete_tags(east.op, versioned, east.anyone, ref)).value();
  EXPECT_EQ(cleared.version_id, first.version_id);
  EXPECT_TRUE(east.head(versioned, "a", first.version_id)->tags.empty());
}

TEST_F(CopyAndTags, AMarkerHasNoTags) {
  ASSERT_TRUE(east.put(versioned, "a", "1"));
  const auto marker = east.remove(versioned, "a").value();
  const ObjectRef current{ObjectKey("a"), {}}, by_id{ObjectKey("a"), marker.version_id};
  EXPECT_EQ(east.run(put_tags(east.op, versioned, east.anyone, current, {})).error().code(), ErrorCode::kNoSuchKey);
  EXPECT_EQ(east.run(put_tags(east.op, versioned, east.anyone, by_id, {})).error().code(), ErrorCode::kMethodNotAllowed);
}

}  // namespace
}  // namespace farshore::objects
