// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "codec/text.h"
#include "crypto/crc64.h"
#include "crypto/digest.h"
#include "objects/test_region.h"

namespace farshore::objects {
namespace {

class Multipart : public testing::Test {
 protected:
  UploadRef initiate(InitiateUpload request = {}) {
    request.object.key = ObjectKey("big");
    return UploadRef{ObjectKey("big"), east.run(initiate_upload(east.op, bucket, east.anyone, std::move(request))).value()};
  }
  Result<PartResult> part(UploadRef upload, std::uint32_t number, std::string content) {
    return east.run(put_part(east.op, bucket, east.anyone, std::move(upload), PartNumber(number), ExpectedContent(), memory_body(std::move(content))));
  }
  Result<PutResult> complete(UploadRef upload, std::vector<ListedPart> parts) {
    CompleteUpload request;
    request.upload = std::move(upload);
    request.parts = std::move(parts);
    return east.run(complete_upload(east.op, bucket, east.anyone, std::move(request)));
  }
  std::string content(std::size_t size) { return loop.random().bytes(size); }

  sim::SimLoop loop;
  TestRegion east{loop};
  BucketRef bucket = east.bucket(1, Versioning::kEnabled);
};

TEST_F(Multipart, TheResultIsTheListedPartsInOrderAndTheRestIsGivenBack) {
  for (const Encryption encryption : {Encryption::kNone, Encryption::kAes256}) {
    const std::size_t owned_before = east.owned_blobs();
    InitiateUpload request;
    request.object.encryption = encryption;
    const UploadRef upload = initiate(request);
    const std::string first = content(150000), unlisted = content(1000), last = content(70000);
    const auto three = part(upload, 3, last).value();
    ASSERT_TRUE(part(upload, 1, "replaced"));
    const auto one = part(upload, 1, first).value();
    ASSERT_TRUE(part(upload, 2, unlisted));
    EXPECT_EQ(east.owned_blobs(), owned_before + 3);
    const auto result = complete(upload, {{PartNumber(1), "\"" + codec::to_lower(one.etag) + "\""}, {PartNumber(3), three.etag}});
    ASSERT_TRUE(result) << result.error().text();
    EXPECT_EQ(result->etag, codec::hex_encode_upper(crypto::bytes_of(crypto::md5(crypto::bytes_of(crypto::md5(first)) + crypto::bytes_of(crypto::md5(last))))) + "-2");
    EXPECT_EQ(result->crc64, crypto::crc64(first + last));
    const Version version = east.head(bucket, "big").value();
    EXPECT_EQ(version.type, ObjectType::kMultipart);
    EXPECT_EQ(version.part_sizes, (std::vector<std::uint64_t>{first.size(), last.size()}));
    EXPECT_EQ(east.get(bucket, "big").value(), first + last);
    EXPECT_EQ(east.read(bucket, version, ByteRange{149990, 20}).value(), (first + last).substr(149990, 20));
    EXPECT_EQ(east.owned_blobs(), owned_before + 2);
    EXPECT_EQ(complete(upload, {{PartNumber(1), one.etag}}).error().code(), ErrorCode::kNoSuchUpload);
  }
}

TEST_F(Multipart, CompleteRefusesWhatDoesNotFit) {
  const UploadRef upload = initiate();
  const auto one = part(upload, 1, content(10)).value();
  const auto two = part(upload, 2, content(200000)).value();
  EXPECT_EQ(complete(upload, {}).error().code(), ErrorCode::kMalformedXML);
  EXPECT_EQ(complete(upload, {{PartNumber(2), two.etag}, {PartNumber(1), one.etag}}).error().code(), ErrorCode::kInvalidPartOrder);
  EXPECT_EQ(complete(upload, {{PartNumber(1), two.etag}}).error().code(), ErrorCode::kInvalidPart);
  EXPECT_EQ(complete(upload, {{PartNumber(2), two.etag}, {PartNumber(7), two.etag}}).error().code(), ErrorCode::kInvalidPart);
  EXPECT_EQ(complete(upload, {{PartNumber(1), one.etag}, {PartNumber(2), two.etag}}).error().code(), ErrorCode::kEntityTooSmall);
  EXPECT_TRUE(complete(upload, {{PartNumber(2), two.etag}}));
}

TEST_F(Multipart, AbortGivesEverythingBack) {
  const UploadRef upload = initiate();
  ASSERT_TRUE(part(upload, 1, content(5000)));
  ASSERT_TRUE(part(upload, 2, content(5000)));
  EXPECT_EQ(east.run(east.objects.buckets().remove(east.op, bucket, east.anyone)).error().code(), ErrorCode::kBucketNotEmpty);
  ASSERT_TRUE(east.run(abort_upload(east.op, bucket, east.anyone, upload)));
  EXPECT_EQ(east.run(abort_upload(east.op, bucket, east.anyone, upload)).error().code(), ErrorCode::kNoSuchUpload);
  EXPECT_EQ(part(upload, 3, content(10)).error().code(), ErrorCode::kNoSuchUpload);
  EXPECT_EQ(east.blobs(), 0u);
  EXPECT_TRUE(east.run(east.objects.buckets().remove(east.op, bucket, east.anyone)));
}

TEST_F(Multipart, PartsAndUploadsAreListedInPages) {
  const UploadRef upload = initiate();
  for (const std::uint32_t number : {5u, 1u, 10000u, 300u}) ASSERT_TRUE(part(upload, number, "x"));
  const auto first = east.run(list_parts(east.op, bucket, upload, PartNumber(0), 3)).value();
  ASSERT_EQ(first.parts.size(), 3u);
  EXPECT_TRUE(first.truncated);
  EXPECT_EQ(first.next_marker, PartNumber(300));
  const auto rest = east.run(list_parts(east.op, bucket, upload, first.next_marker, 3)).value();
  ASSERT_EQ(rest.parts.size(), 1u);
  EXPECT_FALSE(rest.truncated);
  EXPECT_EQ(rest.parts[0].number, PartNumber(10000));

  for (const std::string key : {"a/1", "a/2", "b", "b"}) {
    InitiateUpload request;
    request.object.key = ObjectKey(key);
    ASSERT_TRUE(east.run(initiate_upload(east.op, bucket, east.anyone, std::move(request))));
  }
  std::vector<std::string> seen;
  ListUploads list;
  list.delimiter = "/";
  list.uploads_max = 1;
  for (int i = 0; i < 10; ++i) {
    const auto page = east.run(list_uploads(east.op, bucket, list)).value();
    for (const auto& prefix : page.common_prefixes) seen.push_back(prefix);
    for (const auto& found : page.uploads) seen.push_back(found.key.get());
    if (!page.truncated) break;
    list.key_marker = page.next_key_marker;
    list.upload_id_marker = page.next_upload_id_marker;
  }
  EXPECT_EQ(seen, (std::vector<std::string>{"a/", "b", "b", "big"}));
}

TEST_F(Multipart, SequentialUploadsTakePartsInOrder) {
  InitiateUpload request;
  request.sequential = true;
  const UploadRef upload = initiate(request);
  EXPECT_EQ(part(upload, 2, "x").error().code(), ErrorCode::kPartNotSequential);
  EXPECT_TRUE(part(upload, 1, "x"));
  EXPECT_TRUE(part(upload, 2, "x"));
  EXPECT_EQ(part(upload, 0, "x").error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(part(upload, 10001, "x").error().code(), ErrorCode::kInvalidArgument);
}

TEST_F(Multipart, APartIsCopiedFromARangeOfAnObject) {
  const std::string source = content(300000);
  PutObject put;
  put.object.encryption = Encryption::kAes256;
  ASSERT_TRUE(east.put(bucket, "source", source, put));
  const UploadRef upload = initiate();
  const auto copied = east.run(copy_part(east.op, bucket, east.head(bucket, "source").value(), ByteRange{1000, 200000}, bucket, east.anyone, upload, PartNumber(1)));
  ASSERT_TRUE(copied) << copied.error().text();
  ASSERT_TRUE(complete(upload, {{PartNumber(1), copied->etag}}));
  EXPECT_EQ(east.get(bucket, "big").value(), source.substr(1000, 200000));
}

}  // namespace
}  // namespace farshore::objects
