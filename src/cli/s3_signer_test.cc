// SPDX-License-Identifier: Apache-2.0
// Against the worked examples of docs.aws.amazon.com, "Authenticating Requests: Using the Authorization Header".
#include "cli/s3_signer.h"

#include <gtest/gtest.h>

namespace farshore::cli {
namespace {

constexpr std::int64_t kNow = 1369353600'000;  // 2013-05-24T00:00:00Z
constexpr std::string_view kOfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

http::Headers signed_headers(std::string_view path, const codec::Query& query, http::Headers headers) {
  S3Signer signer("AKIAIOSFODNN7EXAMPLE", Secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), "us-east-1");
  headers.add("Host", "examplebucket.s3.amazonaws.com");
  headers.add("x-amz-content-sha256", kOfNothing);
  signer.sign("GET", path, query, headers, kNow);
  return headers;
}

TEST(S3Signer, GetObjectIsSignedAsPublished) {
  http::Headers range;
  range.add("Range", "bytes=0-9");
  const http::Headers headers = signed_headers("/test.txt", {}, std::move(range));
  EXPECT_EQ(headers.get("x-amz-date"), "20130524T000000Z");
  EXPECT_EQ(headers.get("Authorization"),
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
            "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST(S3Signer, ASubresourceAndAListingAreSignedAsPublished) {
  codec::Query lifecycle;
  lifecycle.add("lifecycle");
  EXPECT_TRUE(signed_headers("/", lifecycle, {}).get("Authorization").ends_with("Signature=fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"));
  codec::Query listing;
  listing.add("prefix", "J").add("max-keys", "2");
  EXPECT_TRUE(signed_headers("/", listing, {}).get("Authorization").ends_with("Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"));
}

TEST(S3Signer, BodiesAreNotSignedAndAnotherDayHasAnotherKey) {
  const auto sign = [](S3Signer& signer, std::int64_t millis) {
    http::Headers headers;
    headers.add("Host", "store");
    signer.sign("PUT", "/b/k", {}, headers, millis);
    EXPECT_EQ(headers.get("x-amz-content-sha256"), "UNSIGNED-PAYLOAD");
    return std::string(headers.get("Authorization"));
  };
  const S3Signer fresh("key", Secret("secret"), "here");
  S3Signer long_lived = fresh, on_the_next_day = fresh;
  const std::string today = sign(long_lived, kNow);
  EXPECT_EQ(sign(long_lived, kNow + 86400'000), sign(on_the_next_day, kNow + 86400'000));
  EXPECT_EQ(sign(long_lived, kNow), today);
}

}  // namespace
}  // namespace farshore::cli
