// SPDX-License-Identifier: Apache-2.0
#include "api/oss/oss_region_test.h"
#include "codec/url.h"

namespace farshore::api::oss {
namespace {

struct ObjectOperations : testing::Test {
  ObjectOperations() { region.make_bucket("photos"); }
  OssRegion region;
};

TEST_F(ObjectOperations, WhatWasPutIsGot) {
  const Reply put = region.put("photos", "dir/报告 1+2.txt", "hello farshore\n", {{"Content-Type", "text/plain"}, {"x-oss-meta-Author", "zoe"}, {"Content-MD5", "lzAaFgsjHtSUnaIhkcGqwQ=="}});
  EXPECT_EQ(put.status, 200) << put.body;
  EXPECT_EQ(put.header("ETag"), "\"97301A160B231ED4949DA22191C1AAC1\"");
  EXPECT_EQ(put.header("Content-MD5"), "lzAaFgsjHtSUnaIhkcGqwQ==");
  EXPECT_FALSE(put.headers.has("x-oss-version-id"));
  EXPECT_EQ(put.header("x-oss-request-id").size(), 24u);
  const Reply got = region.get("photos", "dir/报告 1+2.txt");
  EXPECT_EQ(got.status, 200) << got.body;
  EXPECT_EQ(got.body, "hello farshore\n");
  EXPECT_EQ(got.header("Content-Type"), "text/plain");
  EXPECT_EQ(got.header("x-oss-meta-author"), "zoe");
  EXPECT_EQ(got.header("x-oss-object-type"), "Normal");
  EXPECT_EQ(got.header("x-oss-storage-class"), "Standard");
  EXPECT_EQ(got.header("x-oss-hash-crc64ecma"), put.header("x-oss-hash-crc64ecma"));
}

TEST_F(ObjectOperations, BothSignatureVersionsAreAccepted) {
  EXPECT_EQ(region.send(region.alice, {"PUT", "photos", "k", "", {}, "x"}, SignatureVersion::kV1).status, 200);
  EXPECT_EQ(region.send(region.alice, {"GET", "photos", "k", "", {}, ""}, SignatureVersion::kV1).body, "x");
}

TEST_F(ObjectOperations, AWrongSignatureShowsTheServersString) {
  SigningCredential forged = region.alice;
  forged.secret = Secret("guess");
  const Reply reply = region.send(forged, {"GET", "photos", "k", "", {}, ""});
  EXPECT_EQ(region.outcome(reply), "403 SignatureDoesNotMatch");
  EXPECT_TRUE(reply.xml("StringToSign").starts_with("OSS4-HMAC-SHA256"));
  EXPECT_TRUE(reply.xml("CanonicalRequest").starts_with("GET\n/photos/k\n"));
  SigningCredential unknown{"LTAI5tNobody", Secret("x"), std::nullopt};
  EXPECT_EQ(region.outcome(region.send(unknown, {"GET", "photos", "k", "", {}, ""})), "403 InvalidAccessKeyId");
}

TEST_F(ObjectOperations, AbsentObjectsAreToldApartFromAbsentBuckets) {
  EXPECT_EQ(region.asked({"GET", "photos", "none", "", {}, ""}), "404 NoSuchKey");
  EXPECT_EQ(region.asked({"GET", "nowhere", "none", "", {}, ""}), "404 NoSuchBucket");
  const Reply head = region.send({"HEAD", "photos", "none", "", {}, ""});
  EXPECT_EQ(head.status, 404);
  EXPECT_TRUE(head.body.empty());
  EXPECT_NE(codec::base64_decode(head.header("x-oss-err")).value_or("").find("NoSuchKey"), std::string::npos);
}

TEST_F(ObjectOperations, RangesAreLenientUnlessStandardIsAskedFor) {
  region.put("photos", "k", "0123456789");
  const auto ranged = [&](std::string range, bool standard) {
    HeaderList headers = {{"Range", std::move(range)}};
    if (standard) headers.emplace_back("x-oss-range-behavior", "standard");
    return region.get("photos", "k", "", headers);
  };
  const Reply part = ranged("bytes=2-4", false);
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, "234");
  EXPECT_EQ(part.header("Content-Range"), "bytes 2-4/10");
  EXPECT_EQ(ranged("bytes=7-", false).body, "789");
  EXPECT_EQ(ranged("bytes=-3", false).body, "789");
  EXPECT_EQ(ranged("bytes=5-20", false).status, 200);
  EXPECT_EQ(ranged("bytes=5-20", true).body, "56789");
  EXPECT_EQ(ranged("bytes=10-20", false).status, 200);
  EXPECT_EQ(region.outcome(ranged("bytes=10-20", true)), "416 InvalidRange");
  EXPECT_EQ(ranged("bytes=5-1", true).status, 200);
  EXPECT_EQ(ranged("bytes=0-1,5-6", true).status, 200);
}

TEST_F(ObjectOperations, ConditionsAreJudged) {
  const std::string etag = region.put("photos", "k", "x").header("ETag");
  EXPECT_EQ(region.get("photos", "k", "", {{"If-Match", etag}}).status, 200);
  const Reply failed = region.get("photos", "k", "", {{"If-Match", "\"00\""}});
  EXPECT_EQ(region.outcome(failed), "412 PreconditionFailed");
  EXPECT_EQ(failed.xml("Condition"), "If-Match");
  const Reply unchanged = region.get("photos", "k", "", {{"If-None-Match", etag}});
  EXPECT_EQ(unchanged.status, 304);
  EXPECT_TRUE(unchanged.body.empty());
  EXPECT_EQ(unchanged.header("ETag"), etag);
  EXPECT_EQ(region.get("photos", "k", "", {{"If-Modified-Since", "nonsense"}}).status, 200);
}

TEST_F(ObjectOperations, ResponseHeadersMayBeOverriddenBySignedRequests) {
  region.put("photos", "k", "x");
  EXPECT_EQ(region.get("photos", "k", "response-content-type=text%2Fx").header("Content-Type"), "text/x");
  EXPECT_EQ(region.asked({"PUT", "photos", "", "acl", {{"x-oss-acl", "public-read"}}, ""}), "200");
  EXPECT_EQ(region.anonymous({"GET", "photos", "k", "", {}, ""}).body, "x");
  EXPECT_EQ(region.outcome(region.anonymous({"GET", "photos", "k", "response-content-type=a", {}, ""})), "400 InvalidRequest");
}

TEST_F(ObjectOperations, VersionsSurviveOverwritingAndDeletion) {
  region.version_it("photos");
  const std::string first = region.put("photos", "k", "1").header("x-oss-version-id");
  region.put("photos", "k", "2");
  const Reply removed = region.send({"DELETE", "photos", "k", "", {}, ""});
  EXPECT_EQ(removed.status, 204);
  EXPECT_EQ(removed.header("x-oss-delete-marker"), "true");
  const Reply gone = region.get("photos", "k");
  EXPECT_EQ(region.outcome(gone), "404 NoSuchKey");
  EXPECT_EQ(gone.header("x-oss-delete-marker"), "true");
  EXPECT_EQ(gone.header("x-oss-version-id"), removed.header("x-oss-version-id"));
  EXPECT_EQ(region.get("photos", "k", "versionId=" + first).body, "1");
  const Reply marker = region.get("photos", "k", "versionId=" + removed.header("x-oss-version-id"));
  EXPECT_EQ(region.outcome(marker), "405 MethodNotAllowed");
  EXPECT_EQ(marker.header("Allow"), "DELETE");
  EXPECT_EQ(marker.xml("Method"), "GET");
  EXPECT_EQ(region.asked({"GET", "photos", "k", "versionId=", {}, ""}), "400 InvalidArgument");
  EXPECT_EQ(region.asked({"GET", "photos", "k", "versionId=nonsense", {}, ""}), "400 InvalidArgument");
}

TEST_F(ObjectOperations, ObjectMetaIsShort) {
  region.put("photos", "k", "12345", {{"x-oss-meta-a", "b"}});
  const Reply meta = region.send({"HEAD", "photos", "k", "objectMeta=", {}, ""});
  EXPECT_EQ(meta.status, 200);
  EXPECT_EQ(meta.header("Content-Length"), "5");
  EXPECT_FALSE(meta.headers.has("x-oss-meta-a"));
  EXPECT_EQ(region.send({"HEAD", "photos", "k", "", {}, ""}).header("x-oss-meta-a"), "b");
}

TEST_F(ObjectOperations, WrongDigestsLeaveNothing) {
  EXPECT_EQ(region.outcome(region.put("photos", "k", "x", {{"Content-MD5", "1B2M2Y8AsgTpgAmY7PhCfg=="}})), "400 InvalidDigest");
  EXPECT_EQ(region.outcome(region.put("photos", "k", "x", {{"Content-MD5", "nonsense"}})), "400 InvalidDigest");
  EXPECT_EQ(region.outcome(region.put("photos", "k", "x", {{"x-oss-hash-crc64ecma", "1"}})), "400 InvalidCRC64");
  EXPECT_EQ(region.asked({"GET", "photos", "k", "", {}, ""}), "404 NoSuchKey");
}

TEST_F(ObjectOperations, WhatIsNotBuiltIsRefusedByName) {
  const Reply kms = region.put("photos", "k", "x", {{"x-oss-server-side-encryption", "KMS"}});
  EXPECT_EQ(region.outcome(kms), "400 NotImplemented");
  EXPECT_NE(kms.xml("Message").find("KMS"), std::string::npos);
  EXPECT_EQ(region.outcome(region.put("photos", "k", "x", {{"x-oss-object-acl", "nobody"}})), "400 InvalidArgument");
  EXPECT_EQ(region.outcome(region.put("photos", "k", "x", {{"x-oss-storage-class", "Gold"}})), "400 InvalidArgument");
  EXPECT_EQ(region.asked({"POST", "photos", "k", "append&position=0", {}, "x"}), "400 NotImplemented");
  EXPECT_EQ(region.asked({"GET", "photos", "k", "x-oss-process=image", {}, ""}), "400 NotImplemented");
}

TEST_F(ObjectOperations, EncryptionAndClassAreShown) {
  const Reply put = region.put("photos", "k", "x", {{"x-oss-server-side-encryption", "AES256"}, {"x-oss-storage-class", "IA"}});
  EXPECT_EQ(put.header("x-oss-server-side-encryption"), "AES256");
  const Reply got = region.get("photos", "k");
  EXPECT_EQ(got.body, "x");
  EXPECT_EQ(got.header("x-oss-server-side-encryption"), "AES256");
  EXPECT_EQ(got.header("x-oss-storage-class"), "IA");
}

TEST_F(ObjectOperations, TagsAreSetReadAndDeleted) {
  EXPECT_EQ(region.put("photos", "k", "x", {{"x-oss-tagging", "a=1&b"}}).status, 200);
  EXPECT_EQ(region.get("photos", "k").header("x-oss-tagging-count"), "2");
  EXPECT_EQ(region.get("photos", "k", "tagging").xml("TagSet/Tag/Key"), "a");
  EXPECT_EQ(region.asked({"PUT", "photos", "k", "tagging", {}, "<Tagging><TagSet><Tag><Key>c</Key><Value>3</Value></Tag></TagSet></Tagging>"}), "200");
  EXPECT_EQ(region.get("photos", "k", "tagging").xml("TagSet/Tag/Value"), "3");
  EXPECT_EQ(region.asked({"DELETE", "photos", "k", "tagging", {}, ""}), "204");
  EXPECT_EQ(region.get("photos", "k", "tagging").xml("TagSet/Tag"), "(absent)");
  EXPECT_EQ(region.outcome(region.put("photos", "k", "x", {{"x-oss-tagging", "a=1&a=2"}})), "400 InvalidTag");
}

TEST_F(ObjectOperations, AnObjectsAclDecidesBeforeTheBuckets) {
  region.put("photos", "k", "x");
  EXPECT_EQ(region.get("photos", "k", "acl").xml("AccessControlList/Grant"), "default");
  EXPECT_EQ(region.outcome(region.anonymous({"GET", "photos", "k", "", {}, ""})), "403 AccessDenied");
  EXPECT_EQ(region.asked({"PUT", "photos", "k", "acl", {{"x-oss-object-acl", "public-read"}}, ""}), "200");
  EXPECT_EQ(region.anonymous({"GET", "photos", "k", "", {}, ""}).body, "x");
  EXPECT_EQ(region.outcome(region.anonymous({"PUT", "photos", "k", "", {}, "y"})), "403 AccessDenied");
  EXPECT_EQ(region.asked({"PUT", "photos", "k", "acl", {}, ""}), "400 InvalidArgument");
}

TEST_F(ObjectOperations, CopiesReadTheSourceAndWriteTheDestination) {
  region.make_bucket("copies");
  region.put("photos", "a b/中.txt", "content", {{"Content-Type", "text/plain"}, {"x-oss-meta-a", "1"}});
  const Reply copied = region.put("copies", "k", "", {{"x-oss-copy-source", "/photos/a%20b/%E4%B8%AD.txt"}});
  EXPECT_EQ(copied.status, 200) << copied.body;
  EXPECT_TRUE(copied.xml("ETag").starts_with("\""));
  const Reply got = region.get("copies", "k");
  EXPECT_EQ(got.body, "content");
  EXPECT_EQ(got.header("x-oss-meta-a"), "1");
  region.put("copies", "r", "", {{"x-oss-copy-source", "photos/a%20b%2F%E4%B8%AD.txt"}, {"x-oss-metadata-directive", "replace"}, {"x-oss-meta-b", "2"}});
  EXPECT_EQ(region.get("copies", "r").header("x-oss-meta-b"), "2");
  EXPECT_FALSE(region.get("copies", "r").headers.has("x-oss-meta-a"));
  EXPECT_EQ(region.outcome(region.put("copies", "x", "", {{"x-oss-copy-source", "/photos/none"}})), "404 NoSuchKey");
  EXPECT_EQ(region.outcome(region.put("copies", "x", "", {{"x-oss-copy-source", "photos"}})), "400 InvalidArgument");
  EXPECT_EQ(region.outcome(region.put("copies", "x", "", {{"x-oss-copy-source", "/photos/a%20b/%E4%B8%AD.txt"}, {"x-oss-copy-source-if-match", "\"00\""}})),
            "412 PreconditionFailed");
  // Bob may write to his own bucket but may not read the source.
  EXPECT_EQ(region.send(region.bob, {"PUT", "bobs", "", "", {}, ""}).status, 200);
  EXPECT_EQ(region.outcome(region.send(region.bob, {"PUT", "bobs", "k", "", {{"x-oss-copy-source", "/photos/a%20b/%E4%B8%AD.txt"}}, ""})), "403 AccessDenied");
}

TEST_F(ObjectOperations, TagsAreCopiedOnlyForWhoMayReadThem) {
  region.put("photos", "tagged", "x", {{"x-oss-tagging", "secret=plan"}});
  const auto reader = region.user(AccountUid("1000000000000001"), "reader", identity::allow(R"(["oss:GetObject","oss:PutObject","oss:PutObjectTagging"])"));
  const auto copy = [&](HeaderList headers) {
    headers.emplace_back("x-oss-copy-source", "/photos/tagged");
    return region.outcome(region.send(reader, {"PUT", "photos", "mine", "", std::move(headers), ""}));
  };
  EXPECT_EQ(copy({}), "403 AccessDenied");
  EXPECT_EQ(copy({{"x-oss-tagging-directive", "REPLACE"}, {"x-oss-tagging", "a=b"}}), "200");
  const auto tag_reader = region.user(AccountUid("1000000000000001"), "tag-reader", identity::allow(R"(["oss:GetObject","oss:PutObject","oss:GetObjectTagging"])"));
  EXPECT_EQ(region.outcome(region.send(tag_reader, {"PUT", "photos", "mine", "", {{"x-oss-copy-source", "/photos/tagged"}}, ""})), "200");
}

/// A body in whose middle the writer loses his right.
class RevokingBody : public BodySource {
 public:
  RevokingBody(identity::Realm& realm, AccountUid account, std::string user) : realm_(realm), account_(std::move(account)), user_(std::move(user)) {}
  Task<Result<Buffer>> read(OpContext op) override {
    if (++reads_ > 1) co_return Buffer();
    CO_TRY_OK(co_await realm_.policies.detach(op, identity::PolicyName{account_, identity::PolicyType::kCustom, user_ + "-policy"},
                                              identity::EntityName{identity::EntityKind::kUser, user_}));
    co_return Buffer(Bytes("content"));
  }
  std::optional<std::uint64_t> length() const override { return 7; }

 private:
  identity::Realm& realm_;
  AccountUid account_;
  std::string user_;
  int reads_ = 0;
};

TEST_F(ObjectOperations, ARightTakenAwayDuringAnUploadIsMissingAtItsCommit) {
  const AccountUid account("1000000000000001");
  const auto writer = region.user(account, "writer", identity::allow(R"("oss:PutObject")"));
  http::Request request = region.request_of({"PUT", "photos", "late", "", {}, "content"});
  Signer(writer, "cn-hangzhou", SignatureVersion::kV4).sign({"PUT", "photos", "late"}, codec::Query(), request.headers, region.realm.node.clock.now().millis());
  request.body = std::make_unique<RevokingBody>(region.realm, account, "writer");
  EXPECT_EQ(region.outcome(region.exchange(std::move(request))), "403 AccessDenied");
  EXPECT_EQ(region.outcome(region.get("photos", "late")), "404 NoSuchKey");
}

TEST_F(ObjectOperations, ACopyOntoItselfSetsMetadataAndSayingNothingKeepsIt) {
  region.put("photos", "k", "x", {{"x-oss-meta-a", "1"}});
  EXPECT_EQ(region.put("photos", "k", "", {{"x-oss-copy-source", "/photos/k"}, {"Content-Type", "text/plain"}}).status, 200);
  EXPECT_EQ(region.get("photos", "k").header("Content-Type"), "text/plain");
  EXPECT_FALSE(region.get("photos", "k").headers.has("x-oss-meta-a"));
  EXPECT_EQ(region.put("photos", "k", "", {{"x-oss-copy-source", "/photos/k"}}).status, 200);
  EXPECT_EQ(region.get("photos", "k").header("Content-Type"), "text/plain");
  EXPECT_EQ(region.get("photos", "k").body, "x");
}

TEST_F(ObjectOperations, AGetThatAnnouncesABodyEndsItsConnection) {
  http::Request request = region.request_of({"GET", "photos", "k", "", {}, "announced"});
  EXPECT_TRUE(region.realm.run(region.service.handle({}, std::move(request))).closes());
  http::Request plain = region.request_of({"GET", "photos", "k", "", {}, ""});
  EXPECT_FALSE(region.realm.run(region.service.handle({}, std::move(plain))).closes());
}

TEST_F(ObjectOperations, ManyAreDeletedAtOnce) {
  region.put("photos", "a&b", "1");
  region.put("photos", "c", "2");
  const Reply reply = region.send({"POST", "photos", "", "delete", {}, "<Delete><Quiet>false</Quiet><Object><Key>a&amp;b</Key></Object><Object><Key>c</Key></Object></Delete>"});
  EXPECT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.xml("Deleted/Key"), "a&b");
  EXPECT_EQ(region.asked({"GET", "photos", "c", "", {}, ""}), "404 NoSuchKey");
  const Reply quiet = region.send({"POST", "photos", "", "delete=", {}, "<Delete><Quiet>true</Quiet><Object><Key>c</Key></Object></Delete>"});
  EXPECT_EQ(quiet.status, 200);
  EXPECT_TRUE(quiet.body.empty());
  EXPECT_EQ(region.asked({"POST", "photos", "", "delete", {}, "<Delete><Object></Object></Delete>"}), "400 UserKeyMustBeSpecified");
  EXPECT_EQ(region.asked({"POST", "photos", "", "delete", {}, "<Delete>"}), "400 MalformedXML");
}

TEST_F(ObjectOperations, MultipartUploadsBecomeOneObject) {
  const Reply initiated = region.send({"POST", "photos", "big", "uploads=&encoding-type=url", {{"Content-Type", "text/plain"}}, ""});
  EXPECT_EQ(initiated.status, 200) << initiated.body;
  const std::string id = initiated.xml("UploadId");
  const std::string first(102400, 'a');
  const Reply one = region.send({"PUT", "photos", "big", "partNumber=1&uploadId=" + id, {}, first});
  const Reply two = region.send({"PUT", "photos", "big", "partNumber=2&uploadId=" + id, {}, "tail"});
  EXPECT_EQ(one.status, 200) << one.body;
  const Reply parts = region.get("photos", "big", "uploadId=" + id);
  EXPECT_EQ(parts.xml("Part/Size"), "102400");
  EXPECT_EQ(parts.xml("NextPartNumberMarker"), "2");
  EXPECT_EQ(region.get("photos", "", "uploads").xml("Upload/UploadId"), id);
  const std::string body = "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>" + one.header("ETag") + "</ETag></Part><Part><PartNumber>2</PartNumber><ETag>" +
                           two.header("ETag") + "</ETag></Part></CompleteMultipartUpload>";
  const Reply done = region.send({"POST", "photos", "big", "uploadId=" + id, {}, body});
  EXPECT_EQ(done.status, 200) << done.body;
  EXPECT_TRUE(done.xml("ETag").ends_with("-2\""));
  EXPECT_EQ(done.xml("Location"), "http://127.0.0.1:9000/photos/big");
  EXPECT_EQ(region.get("photos", "big").body, first + "tail");
  EXPECT_EQ(region.asked({"POST", "photos", "big", "uploadId=" + id, {}, body}), "404 NoSuchUpload");
}

TEST_F(ObjectOperations, PartsAreCopiedAndAllPartsCompleted) {
  region.put("photos", "source", std::string(102400, 'x') + "yz");
  const std::string id = region.send({"POST", "photos", "big", "uploads", {}, ""}).xml("UploadId");
  const Reply copied = region.send({"PUT", "photos", "big", "partNumber=1&uploadId=" + id, {{"x-oss-copy-source", "/photos/source"}, {"x-oss-copy-source-range", "bytes=0-102399"}}, ""});
  EXPECT_EQ(copied.status, 200) << copied.body;
  EXPECT_EQ(copied.header("Content-Range"), "bytes 0-102399/102402");
  EXPECT_EQ(copied.header("ETag"), copied.xml("ETag"));
  EXPECT_EQ(region.asked({"POST", "photos", "big", "uploadId=" + id, {{"x-oss-complete-all", "yes"}}, "<x/>"}), "400 InvalidArgument");
  EXPECT_EQ(region.asked({"POST", "photos", "big", "uploadId=" + id, {{"x-oss-complete-all", "yes"}}, ""}), "200");
  EXPECT_EQ(region.get("photos", "big").body, std::string(102400, 'x'));
  const std::string other = region.send({"POST", "photos", "other", "uploads", {}, ""}).xml("UploadId");
  EXPECT_EQ(region.asked({"PUT", "photos", "other", "partNumber=0&uploadId=" + other, {}, "x"}), "400 InvalidArgument");
  EXPECT_EQ(region.asked({"DELETE", "photos", "other", "uploadId=" + other, {}, ""}), "204");
  EXPECT_EQ(region.asked({"DELETE", "photos", "other", "uploadId=" + other, {}, ""}), "404 NoSuchUpload");
}

TEST_F(ObjectOperations, APartWithoutItsUploadIsNoObject) {
  EXPECT_EQ(region.asked({"PUT", "photos", "k", "partNumber=1", {}, "x"}), "400 InvalidArgument");
  EXPECT_EQ(region.asked({"GET", "photos", "k", "acl&tagging", {}, ""}), "400 InvalidArgument");
  EXPECT_EQ(region.asked({"GET", "photos", "k", "", {}, ""}), "404 NoSuchKey");
}

TEST_F(ObjectOperations, ForbidOverwriteHoldsWithoutVersioning) {
  region.put("photos", "k", "1");
  EXPECT_EQ(region.outcome(region.put("photos", "k", "2", {{"x-oss-forbid-overwrite", "true"}})), "409 FileAlreadyExists");
  region.version_it("photos");
  EXPECT_EQ(region.put("photos", "k", "2", {{"x-oss-forbid-overwrite", "true"}}).status, 200);
}

TEST_F(ObjectOperations, APresignedUrlActsAsItsSigner) {
  region.put("photos", "k", "x");
  for (const SignatureVersion version : {SignatureVersion::kV1, SignatureVersion::kV4}) {
    codec::Query query;
    Signer signer(region.alice, "cn-hangzhou", version);
    signer.presign({"GET", "photos", "k"}, query, {}, region.realm.node.clock.now().millis(), std::chrono::seconds(60));
    EXPECT_EQ(region.anonymous({"GET", "photos", "k", query.text(), {}, ""}).body, "x");
    region.realm.pass(std::chrono::seconds(62));
    EXPECT_EQ(region.outcome(region.anonymous({"GET", "photos", "k", query.text(), {}, ""})), "403 AccessDenied");
  }
}

TEST_F(ObjectOperations, AnnouncedPayloadHashesAreChecked) {
  http::Request request = region.request_of({"PUT", "photos", "k", "", {}, "body"});
  request.headers.add("x-oss-content-sha256", std::string(64, '0'));
  request.headers.add("x-oss-date", "");
  // The signer would replace the hash, so version 1 signs it as one of the x-oss-* headers.
  request.headers.remove("x-oss-date");
  Signer signer(region.alice, "cn-hangzhou", SignatureVersion::kV1);
  signer.sign({"PUT", "photos", "k"}, {}, request.headers, region.realm.node.clock.now().millis());
  EXPECT_EQ(region.outcome(region.exchange(std::move(request))), "400 InvalidDigest");
}

}  // namespace
}  // namespace farshore::api::oss
