// SPDX-License-Identifier: Apache-2.0
#include "api/oss/signature.h"

#include <gtest/gtest.h>

#include "api/oss/sign.h"
#include "codec/date.h"
#include "codec/text.h"
#include "crypto/digest.h"

namespace farshore::api::oss {
namespace {

// Invented secrets; every signature was reproduced with a published client's code.
const Secret kSecret("fs-secret-0123456789abcdef");
constexpr std::string_view kKey = "dir/报告 1+2.txt";
constexpr std::string_view kDate = "Tue, 02 Jan 2024 03:04:05 GMT";
const std::int64_t kNow = *codec::parse_rfc1123(kDate);

struct Sample {
  http::Request request;
  codec::Query query;
  std::string bucket = "fsb-demo";
  std::string key{kKey};

  Sample(std::string method, std::string_view raw_query) {
    request.method = std::move(method);
    query = *codec::Query::parse(raw_query);
  }
  Sample& header(std::string_view name, std::string_view value) {
    request.headers.add(name, value);
    return *this;
  }
  /// "ok" or the error's code.
  std::string outcome(const Secret& secret = kSecret, std::int64_t now = kNow, std::string_view region = "cn-fs1") {
    const auto claim = read_claim(request, query);
    if (!claim) return std::string(error_code_name(claim.error().code()));
    if (const auto timely = check_claim(*claim, region, now); !timely) return std::string(error_code_name(timely.error().code()));
    SignatureVerifier verifier;
    const auto verified = verifier.verify(*claim, SignedRequest{request.method, bucket, key, query, request.headers}, secret);
    return verified ? "ok" : std::string(error_code_name(verified.error().code()));
  }
};

Sample upload_part(std::string_view authorization) {
  Sample sample("PUT", "partNumber=2&uploadId=0004B9");
  sample.header("Content-MD5", "lzAaFgsjHtSUnaIhkcGqwQ==").header("Content-Type", "text/plain");
  sample.header("X-Oss-Meta-Author", " zoe ").header("x-oss-object-acl", "private").header("Date", kDate);
  sample.header("Host", "fsb-demo.oss-cn-fs1.localhost:9000").header("Authorization", authorization);
  return sample;
}

constexpr std::string_view kV4UploadPart = "cb461326d254cd7772f69b7955ace352211f063d7201aaafd7e0511a05d4ee1f";
constexpr std::string_view kV4Credential = "FSAK0000000000000001/20240102/cn-fs1/oss/aliyun_v4_request";

Sample v4_upload_part(std::string_view authorization) {
  Sample sample = upload_part(authorization);
  sample.header("x-oss-date", "20240102T030405Z").header("x-oss-content-sha256", "UNSIGNED-PAYLOAD");
  return sample;
}

TEST(Signature, V1HeaderVectorVerifies) {
  Sample sample = upload_part("OSS FSAK0000000000000001:kRnVXLjN36vkbwxJzWptDxL7o6U=");
  EXPECT_EQ(sample.outcome(), "ok");
  EXPECT_EQ(sample.outcome(Secret("another")), "SignatureDoesNotMatch");
}

TEST(Signature, V1CoversKeyBucketSubresourcesAndOssHeaders) {
  constexpr std::string_view kAuthorization = "OSS FSAK0000000000000001:kRnVXLjN36vkbwxJzWptDxL7o6U=";
  Sample other_key = upload_part(kAuthorization);
  other_key.key += "x";
  EXPECT_EQ(other_key.outcome(), "SignatureDoesNotMatch");
  Sample other_bucket = upload_part(kAuthorization);
  other_bucket.bucket = "fsb-other";
  EXPECT_EQ(other_bucket.outcome(), "SignatureDoesNotMatch");
  Sample other_part = upload_part(kAuthorization);
  other_part.query = *codec::Query::parse("partNumber=3&uploadId=0004B9");
  EXPECT_EQ(other_part.outcome(), "SignatureDoesNotMatch");
  Sample more = upload_part(kAuthorization);
  more.header("x-oss-forbid-overwrite", "true");
  EXPECT_EQ(more.outcome(), "SignatureDoesNotMatch");
  Sample unsigned_parameter = upload_part(kAuthorization);
  unsigned_parameter.query.add("prefix", "p");
  EXPECT_EQ(unsigned_parameter.outcome(), "ok") << "prefix is never signed in version 1";
}

TEST(Signature, V1UrlVectorWithATokenVerifies) {
  Sample sample("GET",
                "OSSAccessKeyId=STS.FSTMP0001&Expires=1704168245&Signature=W3lMn7iSmFu1B7sXIIvl1EWyWRc%3D&response-content-type=text%2Fx%20y"
                "&security-token=fs.tok%2Ben%2F0%3D%3D&versionId=V1");
  const Secret secret("fs-sts-secret-xyz");
  EXPECT_EQ(sample.outcome(secret), "ok");
  EXPECT_EQ(read_claim(sample.request, sample.query)->token, "fs.tok+en/0==");
  EXPECT_EQ(sample.outcome(secret, 1704168246000), "AccessDenied") << "expired";
  sample.header("x-oss-security-token", "fs.tok+en/0==");
  EXPECT_EQ(sample.outcome(secret), "InvalidRequest");
}

TEST(Signature, V4HeaderVectorVerifiesInBothSpellings) {
  const std::string signature(kV4UploadPart);
  const std::string credential(kV4Credential);
  EXPECT_EQ(v4_upload_part("OSS4-HMAC-SHA256 Credential=" + credential + ",AdditionalHeaders=host,Signature=" + signature).outcome(), "ok");
  EXPECT_EQ(v4_upload_part("OSS4-HMAC-SHA256 Credential=" + credential + ", Signature=" + signature + ", AdditionalHeaders=host").outcome(), "ok");
  EXPECT_EQ(v4_upload_part("OSS4-HMAC-SHA256 Credential=" + credential + ",Signature=" + signature).outcome(), "SignatureDoesNotMatch");
}

TEST(Signature, V4CanonicalTextsAreTheReferences) {
  const Sample sample = v4_upload_part("x");
  const SignedRequest covered{sample.request.method, sample.bucket, sample.key, sample.query, sample.request.headers};
  const std::vector<std::string> additional = {"host"};
  const std::string canonical = v4_canonical_request(covered, additional, EmptyValue::kNameOnly);
  EXPECT_EQ(canonical,
            "PUT\n/fsb-demo/dir/%E6%8A%A5%E5%91%8A%201%2B2.txt\npartNumber=2&uploadId=0004B9\n"
            "content-md5:lzAaFgsjHtSUnaIhkcGqwQ==\ncontent-type:text/plain\nhost:fsb-demo.oss-cn-fs1.localhost:9000\n"
            "x-oss-content-sha256:UNSIGNED-PAYLOAD\nx-oss-date:20240102T030405Z\nx-oss-meta-author:zoe\nx-oss-object-acl:private\n\nhost\nUNSIGNED-PAYLOAD");
  EXPECT_EQ(v4_string_to_sign("20240102T030405Z", v4_scope("20240102", "cn-fs1", "oss"), canonical),
            "OSS4-HMAC-SHA256\n20240102T030405Z\n20240102/cn-fs1/oss/aliyun_v4_request\n"
            "cdd9b9285e49fddcb3624f54a06a6e08b7297719e848196ee04941af6a7b8b4f");
  EXPECT_EQ(codec::hex_encode(derive_v4_key(kSecret, "20240102", "cn-fs1", "oss").reveal()),
            "73b7d56c720b0dcf930c0443cad781b61a784cd2153d37928a59250c75683ccc");
}

TEST(Signature, AMissingAdditionalHeaderNeverVerifies) {
  Sample sample = v4_upload_part("OSS4-HMAC-SHA256 Credential=" + std::string(kV4Credential) + ",AdditionalHeaders=host,Signature=" + std::string(kV4UploadPart));
  sample.request.headers.remove("Host");
  EXPECT_EQ(sample.outcome(), "SignatureDoesNotMatch");
}

TEST(Signature, V4UrlVectorVerifies) {
  Sample sample("GET",
                "acl=&response-content-type=text%2Fx%20y&x-oss-credential=FSAK0000000000000001%2F20240102%2Fcn-fs1%2Foss%2Faliyun_v4_request"
                "&x-oss-date=20240102T030405Z&x-oss-expires=600&x-oss-signature-version=OSS4-HMAC-SHA256"
                "&x-oss-signature=b4549178bfa2d1a4ed33d395bfcbd298b03d54ec0cbf10130cd53649a0f90c3a");
  EXPECT_EQ(sample.outcome(), "ok");
  EXPECT_EQ(sample.outcome(kSecret, kNow + 600000), "ok");
  EXPECT_EQ(sample.outcome(kSecret, kNow + 601000), "AccessDenied");
  EXPECT_EQ(sample.outcome(kSecret, kNow, "cn-fs2"), "InvalidArgument");
}

TEST(Signature, V4ListBucketsVectorVerifies) {
  Sample sample("GET", "prefix=fsb");
  sample.bucket.clear();
  sample.key.clear();
  sample.header("x-oss-date", "20240102T030405Z").header("x-oss-content-sha256", "UNSIGNED-PAYLOAD");
  sample.header("Authorization",
                "OSS4-HMAC-SHA256 Credential=" + std::string(kV4Credential) + ",Signature=e835972b6a042600eb20cbbc3466c383775700a73ab8c31b6aaf3b39b5de47df");
  EXPECT_EQ(sample.outcome(), "ok");
}

TEST(Signature, AnEmptyQueryOptionVerifiesWithAndWithoutItsEqualsSign) {
  for (const EmptyValue spelling : {EmptyValue::kNameOnly, EmptyValue::kAsSent}) {
    Sample sample("GET", "prefix=&max-keys=5");
    sample.key.clear();
    sample.header("x-oss-date", "20240102T030405Z");
    const std::string canonical =
        v4_canonical_request(SignedRequest{"GET", sample.bucket, "", sample.query, sample.request.headers}, {}, spelling);
    const Secret key = derive_v4_key(kSecret, "20240102", "cn-fs1", "oss");
    const auto digest = crypto::hmac_sha256(key.reveal(), v4_string_to_sign("20240102T030405Z", v4_scope("20240102", "cn-fs1", "oss"), canonical));
    sample.header("Authorization", "OSS4-HMAC-SHA256 Credential=" + std::string(kV4Credential) + ",Signature=" + codec::hex_encode(crypto::view_of(digest)));
    EXPECT_EQ(sample.outcome(), "ok");
  }
}

TEST(Signature, WithoutOssDateTheDateHeaderIsTheTimestamp) {
  Sample sample("GET", "");
  sample.key.clear();
  sample.header("Date", kDate);
  const std::string canonical = v4_canonical_request(SignedRequest{"GET", sample.bucket, "", sample.query, sample.request.headers}, {}, EmptyValue::kNameOnly);
  const Secret key = derive_v4_key(kSecret, "20240102", "cn-fs1", "oss");
  const auto digest = crypto::hmac_sha256(key.reveal(), v4_string_to_sign(kDate, v4_scope("20240102", "cn-fs1", "oss"), canonical));
  sample.header("Authorization", "OSS4-HMAC-SHA256 Credential=" + std::string(kV4Credential) + ",Signature=" + codec::hex_encode(crypto::view_of(digest)));
  EXPECT_EQ(sample.outcome(), "ok");
}

TEST(Signature, V1AcceptsDateBesideAHandMadeOssDate) {
  Sample sample("GET", "");
  sample.header("x-oss-date", kDate).header("Date", "Tue, 02 Jan 2024 03:04:06 GMT");
  const auto sign = [&](std::string_view date) {
    const auto digest = crypto::hmac_sha1(kSecret.reveal(), v1_string_to_sign(SignedRequest{"GET", sample.bucket, sample.key, sample.query, sample.request.headers},
                                                                             date, V1Coverage::kListed));
    return "OSS FSAK0000000000000001:" + codec::base64_encode(crypto::view_of(digest));
  };
  const std::string with_date = sign("Tue, 02 Jan 2024 03:04:06 GMT");
  sample.header("Authorization", with_date);
  EXPECT_EQ(sample.outcome(), "ok");
}

TEST(Signature, V1AcceptsOssParametersSignedBeyondTheList) {
  Sample sample("GET", "x-oss-new-feature=1");
  sample.header("Date", kDate);
  const auto digest = crypto::hmac_sha1(kSecret.reveal(), v1_string_to_sign(SignedRequest{"GET", sample.bucket, sample.key, sample.query, sample.request.headers},
                                                                           kDate, V1Coverage::kListedAndOss));
  sample.header("Authorization", "OSS FSAK0000000000000001:" + codec::base64_encode(crypto::view_of(digest)));
  EXPECT_EQ(sample.outcome(), "ok");
}

TEST(Signature, TheClockMayBeFifteenMinutesOff) {
  Sample sample = upload_part("OSS FSAK0000000000000001:kRnVXLjN36vkbwxJzWptDxL7o6U=");
  EXPECT_EQ(sample.outcome(kSecret, kNow + 900000), "ok");
  EXPECT_EQ(sample.outcome(kSecret, kNow - 900000), "ok");
  EXPECT_EQ(sample.outcome(kSecret, kNow + 901000), "RequestTimeTooSkewed");
  EXPECT_EQ(sample.outcome(kSecret, kNow - 901000), "RequestTimeTooSkewed");
}

TEST(Signature, AWrongRegionHasItsOwnErrorCode) {
  Sample sample = v4_upload_part("OSS4-HMAC-SHA256 Credential=FSAK1/20240102/cn-other/oss/aliyun_v4_request,Signature=aa");
  const auto claim = read_claim(sample.request, sample.query);
  ASSERT_TRUE(claim);
  const auto checked = check_claim(*claim, "cn-fs1", kNow);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().detail("EC"), "0002-00000226");
  EXPECT_EQ(checked.error().message(), "Invalid signing region in Authorization header.");
}

TEST(Signature, MalformedClaimsAreRefusedByName) {
  const auto outcome = [](std::string_view authorization) {
    Sample sample("GET", "");
    sample.header("Date", kDate).header("Authorization", authorization);
    return sample.outcome();
  };
  EXPECT_EQ(outcome("OSS nocolon"), "InvalidArgument");
  EXPECT_EQ(outcome("OSS :x"), "InvalidArgument");
  EXPECT_EQ(outcome("Basic abc"), "InvalidArgument");
  EXPECT_EQ(outcome("OSS2 AccessKeyId:x,Signature:y"), "NotImplemented");
  EXPECT_EQ(outcome("AWS4-HMAC-SHA256 Credential=x"), "NotImplemented");
  EXPECT_EQ(outcome("OSS4-HMAC-SHA256 Credential=a/20240102/cn-fs1/oss,Signature=aa"), "InvalidArgument");
  EXPECT_EQ(outcome("OSS4-HMAC-SHA256 Credential=a/20240102/cn-fs1/oss/aws4_request,Signature=aa"), "InvalidArgument");
  EXPECT_EQ(outcome("OSS4-HMAC-SHA256 Signature=aa"), "InvalidArgument");
  EXPECT_EQ(outcome("OSS4-HMAC-SHA256 Credential=a/20240103/cn-fs1/oss/aliyun_v4_request,Signature=aa"), "InvalidArgument");
  Sample partial("GET", "Signature=x&Expires=1");
  EXPECT_EQ(partial.outcome(), "AccessDenied");
  Sample both("GET", "Signature=x&Expires=1704168245&OSSAccessKeyId=a");
  both.header("Authorization", "OSS a:b").header("Date", kDate);
  EXPECT_EQ(both.outcome(), "InvalidArgument");
  Sample undated("GET", "");
  undated.header("Authorization", "OSS a:b");
  EXPECT_EQ(undated.outcome(), "AccessDenied");
}

TEST(Signature, WhatTheSignerSignsVerifies) {
  for (const SignatureVersion version : {SignatureVersion::kV1, SignatureVersion::kV4}) {
    Signer signer({"FSAK1", kSecret, std::nullopt}, "cn-fs1", version);
    Sample sample("GET", "acl&response-content-type=a%20b&x-oss-traffic-limit=819200");
    sample.header("x-oss-meta-a", "1").header("Content-Type", "text/plain");
    signer.sign({"GET", sample.bucket, sample.key}, sample.query, sample.request.headers, kNow);
    EXPECT_EQ(sample.outcome(), "ok");
    Sample presigned("GET", "versionId=null");
    signer.presign({"GET", presigned.bucket, presigned.key}, presigned.query, presigned.request.headers, kNow, std::chrono::seconds(60));
    EXPECT_EQ(presigned.outcome(), "ok");
    EXPECT_EQ(presigned.outcome(kSecret, kNow + 61000), "AccessDenied");
  }
}

TEST(SigningKeys, AChangedSecretIsNeverAnsweredFromTheCache) {
  SigningKeys keys;
  const std::string first(keys.get("id", Secret("one"), "20240102", "r", "oss").reveal());
  const std::string second(keys.get("id", Secret("two"), "20240102", "r", "oss").reveal());
  EXPECT_NE(first, second);
  EXPECT_EQ(keys.get("id", Secret("one"), "20240102", "r", "oss").reveal(), first);
  EXPECT_EQ(keys.size(), 1u);
}

TEST(SigningKeys, TheCacheIsBounded) {
  SigningKeys keys;
  for (std::size_t i = 0; i < SigningKeys::kEntriesMax + 10; ++i) keys.get(std::to_string(i), kSecret, "20240102", "r", "oss");
  EXPECT_LE(keys.size(), SigningKeys::kEntriesMax);
}

}  // namespace
}  // namespace farshore::api::oss
