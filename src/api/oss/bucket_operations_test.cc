// SPDX-License-Identifier: Apache-2.0
#include "api/oss/oss_region_test.h"

namespace farshore::api::oss {
namespace {

struct BucketOperations : testing::Test {
  OssRegion region;
  const AccountUid alice_uid{"1000000000000001"};
};

TEST_F(BucketOperations, ABucketIsMadeShownListedAndDeleted) {
  const Reply made = region.send({"PUT", "photos", "", "", {{"x-oss-acl", "public-read"}}, ""});
  EXPECT_EQ(made.status, 200) << made.body;
  EXPECT_EQ(made.header("Location"), "/photos");
  const Reply info = region.send({"GET", "photos", "", "bucketInfo", {}, ""});
  EXPECT_EQ(info.xml("Bucket/Name"), "photos");
  EXPECT_EQ(info.xml("Bucket/Location"), "oss-cn-hangzhou");
  EXPECT_EQ(info.xml("Bucket/ExtranetEndpoint"), "oss-cn-hangzhou.example.net:9000");
  EXPECT_EQ(info.xml("Bucket/AccessControlList/Grant"), "public-read");
  EXPECT_EQ(info.xml("Bucket/Owner/ID"), "1000000000000001");
  EXPECT_EQ(info.xml("Bucket/Versioning"), "(absent)");
  const Reply list = region.send({"GET", "", "", "", {}, ""});
  EXPECT_EQ(list.status, 200) << list.body;
  EXPECT_EQ(list.xml("Buckets/Bucket/Name"), "photos");
  EXPECT_EQ(list.xml("Owner/ID"), "1000000000000001");
  EXPECT_EQ(region.send(region.bob, {"GET", "", "", "", {}, ""}).xml("Buckets/Bucket"), "(absent)");
  EXPECT_EQ(region.asked({"DELETE", "photos", "", "", {}, ""}), "204");
  EXPECT_EQ(region.asked({"GET", "photos", "", "bucketInfo", {}, ""}), "404 NoSuchBucket");
  EXPECT_EQ(region.send(region.bob, {"PUT", "photos", "", "", {}, ""}).status, 200) << "the name is free at once";
}

TEST_F(BucketOperations, AgainIsFineForTheOwnerAndAConflictForOthers) {
  region.make_bucket("photos");
  region.make_bucket("photos", {{"x-oss-acl", "public-read"}});
  EXPECT_EQ(region.send({"GET", "photos", "", "acl", {}, ""}).xml("AccessControlList/Grant"), "public-read");
  EXPECT_EQ(region.outcome(region.send(region.bob, {"PUT", "photos", "", "", {}, ""})), "409 BucketAlreadyExists");
  EXPECT_EQ(region.asked({"PUT", "photos", "", "", {}, "<CreateBucketConfiguration><StorageClass>IA</StorageClass></CreateBucketConfiguration>"}), "409 BucketAlreadyExists");
  EXPECT_EQ(region.asked({"PUT", "cold", "", "", {}, "<CreateBucketConfiguration><StorageClass>IA</StorageClass></CreateBucketConfiguration>"}), "200");
  EXPECT_EQ(region.send({"GET", "cold", "", "bucketInfo", {}, ""}).xml("Bucket/StorageClass"), "IA");
  EXPECT_EQ(region.asked({"PUT", "other", "", "", {{"x-oss-acl", "nobody"}}, ""}), "400 InvalidArgument");
  EXPECT_EQ(region.asked({"PUT", "UPPER", "", "", {}, ""}), "400 InvalidBucketName");
  EXPECT_EQ(region.outcome(region.anonymous({"PUT", "other", "", "", {}, ""})), "403 AccessDenied");
}

TEST_F(BucketOperations, ABucketWithObjectsStays) {
  region.make_bucket("photos");
  region.put("photos", "k", "x");
  const Reply reply = region.send({"DELETE", "photos", "", "", {}, ""});
  EXPECT_EQ(region.outcome(reply), "409 BucketNotEmpty");
  EXPECT_EQ(reply.xml("BucketName"), "photos");
  EXPECT_EQ(region.outcome(region.send(region.bob, {"DELETE", "photos", "", "", {}, ""})), "403 AccessDenied");
}

TEST_F(BucketOperations, AnAclOnAMissingNameMakesTheBucket) {
  EXPECT_EQ(region.asked({"PUT", "photos", "", "acl", {{"x-oss-acl", "public-read"}}, ""}), "200");
  EXPECT_EQ(region.send({"GET", "photos", "", "acl", {}, ""}).xml("AccessControlList/Grant"), "public-read");
}

TEST_F(BucketOperations, VersioningStartsEmptyAndNeverGoesBack) {
  region.make_bucket("photos");
  const Reply never = region.send({"GET", "photos", "", "versioning=", {}, ""});
  EXPECT_EQ(never.xml("Status"), "(absent)");
  region.version_it("photos");
  EXPECT_EQ(region.send({"GET", "photos", "", "versioning", {}, ""}).xml("Status"), "Enabled");
  EXPECT_EQ(region.asked({"PUT", "photos", "", "versioning", {}, "<VersioningConfiguration><Status>Off</Status></VersioningConfiguration>"}), "400 MalformedXML");
  EXPECT_EQ(region.asked({"PUT", "photos", "", "versioning", {}, "<Wrong/>"}), "400 MalformedXML");
}

TEST_F(BucketOperations, APolicyIsKeptByteForByteAndGrants) {
  region.make_bucket("photos");
  region.put("photos", "k", "x");
  EXPECT_EQ(region.asked({"GET", "photos", "", "policy", {}, ""}), "404 NoSuchBucketPolicy");
  EXPECT_EQ(region.outcome(region.send(region.bob, {"GET", "photos", "k", "", {}, ""})), "403 AccessDenied");
  const std::string policy =
      R"({ "Version":"1","Statement":[{"Effect":"Allow","Action":["oss:GetObject"],"Principal":["2000000000000002"],"Resource":["acs:oss:*:1000000000000001:photos/*"]}]})";
  EXPECT_EQ(region.asked({"PUT", "photos", "", "policy", {}, policy}), "200");
  EXPECT_EQ(region.send({"GET", "photos", "", "policy", {}, ""}).body, policy);
  EXPECT_EQ(region.send(region.bob, {"GET", "photos", "k", "", {}, ""}).body, "x");
  EXPECT_EQ(region.outcome(region.send(region.bob, {"PUT", "photos", "k", "", {}, "y"})), "403 AccessDenied");
  EXPECT_EQ(region.outcome(region.send(region.bob, {"GET", "photos", "none", "", {}, ""})), "404 NoSuchKey");
  EXPECT_EQ(region.asked({"PUT", "photos", "", "policy", {}, "{"}), "400 InvalidPolicyDocument");
  EXPECT_EQ(region.asked({"PUT", "photos", "", "policy", {}, std::string(17 * 1024, ' ')}), "400 InvalidPolicyDocument");
  EXPECT_EQ(region.send({"GET", "photos", "", "policyStatus", {}, ""}).xml("IsPublic"), "false");
  EXPECT_EQ(region.asked({"DELETE", "photos", "", "policy", {}, ""}), "204");
  EXPECT_EQ(region.outcome(region.send(region.bob, {"GET", "photos", "k", "", {}, ""})), "403 AccessDenied");
}

TEST_F(BucketOperations, UsersNeedPoliciesOfTheirOwn) {
  region.make_bucket("photos");
  region.put("photos", "a/1", "x");
  const SigningCredential none = region.user(alice_uid, "none", "");
  const SigningCredential reader = region.user(
      alice_uid, "reader",
      R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:GetObject","Resource":"acs:oss:*:*:photos/*"},
          {"Effect":"Allow","Action":"oss:ListObjects","Resource":"acs:oss:*:*:photos","Condition":{"StringLike":{"oss:Prefix":"a/*"}}}]})");
  const Reply denied = region.send(none, {"GET", "photos", "a/1", "", {}, ""});
  EXPECT_EQ(region.outcome(denied), "403 AccessDenied");
  EXPECT_EQ(denied.xml("AccessDeniedDetail/AuthAction"), "oss:GetObject");
  EXPECT_EQ(denied.xml("AccessDeniedDetail/NoPermissionType"), "ImplicitDeny");
  EXPECT_EQ(region.send(reader, {"GET", "photos", "a/1", "", {}, ""}).body, "x");
  EXPECT_EQ(region.outcome(region.send(reader, {"GET", "photos", "a/1", "versionId=null", {}, ""})), "403 AccessDenied") << "a version needs its own action";
  EXPECT_EQ(region.send(reader, {"GET", "photos", "", "prefix=a%2Fx", {}, ""}).status, 200);
  EXPECT_EQ(region.outcome(region.send(reader, {"GET", "photos", "", "", {}, ""})), "403 AccessDenied");
  EXPECT_EQ(region.outcome(region.send(reader, {"GET", "", "", "", {}, ""})), "403 AccessDenied");
}

TEST_F(BucketOperations, TagsOfAnObjectDecideWhereAPolicyAsks) {
  region.make_bucket("photos");
  region.put("photos", "open", "x", {{"x-oss-tagging", "team=red"}});
  region.put("photos", "shut", "x", {{"x-oss-tagging", "team=blue"}});
  const SigningCredential red = region.user(
      alice_uid, "red",
      R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"oss:GetObject","Resource":"*","Condition":{"StringEquals":{"oss:ExistingObjectTag/team":"red"}}}]})");
  EXPECT_EQ(region.send(red, {"GET", "photos", "open", "", {}, ""}).status, 200);
  EXPECT_EQ(region.outcome(region.send(red, {"GET", "photos", "shut", "", {}, ""})), "403 AccessDenied");
}

TEST_F(BucketOperations, EncryptionIsAes256OrRefusedByName) {
  region.make_bucket("photos");
  EXPECT_EQ(region.asked({"GET", "photos", "", "encryption", {}, ""}), "404 NoSuchServerSideEncryptionRule");
  const auto rule = [](const std::string& algorithm) {
    return "<ServerSideEncryptionRule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>" + algorithm +
           "</SSEAlgorithm></ApplyServerSideEncryptionByDefault></ServerSideEncryptionRule>";
  };
  EXPECT_EQ(region.asked({"PUT", "photos", "", "encryption", {}, rule("KMS")}), "400 NotImplemented");
  EXPECT_EQ(region.asked({"PUT", "photos", "", "encryption", {}, rule("DES")}), "400 InvalidEncryptionAlgorithmError");
  EXPECT_EQ(region.asked({"PUT", "photos", "", "encryption", {}, rule("AES256")}), "200");
  EXPECT_EQ(region.put("photos", "k", "x").header("x-oss-server-side-encryption"), "AES256");
  EXPECT_EQ(region.asked({"DELETE", "photos", "", "encryption", {}, ""}), "204");
  EXPECT_EQ(region.asked({"GET", "photos", "", "encryption", {}, ""}), "404 NoSuchServerSideEncryptionRule");
}

TEST_F(BucketOperations, ConfigurationsNeverSetHaveTheirOwnAnswers) {
  region.make_bucket("photos");
  const auto read = [&](const std::string& name) { return region.asked({"GET", "photos", "", name, {}, ""}); };
  EXPECT_EQ(read("cors"), "404 NoSuchCORSConfiguration");
  EXPECT_EQ(read("website="), "404 NoSuchWebsiteConfiguration");
  EXPECT_EQ(read("lifecycle"), "404 NoSuchLifecycle");
  EXPECT_EQ(read("transferAcceleration"), "404 NoSuchTransferAccelerationConfiguration");
  EXPECT_EQ(read("worm"), "404 NoSuchWORMConfiguration");
  EXPECT_EQ(read("inventory&inventoryId=a"), "404 NoSuchInventory");
  EXPECT_EQ(read("style&styleName=a"), "404 NoSuchStyle");
  EXPECT_EQ(read("userDefinedLogFieldsConfig"), "404 NoSuchUserDefinedLogFieldsConfig");
  EXPECT_EQ(read("httpsConfig"), "404 NoSuchHttpsConfig");
  for (const char* name : {"logging", "referer", "tagging", "requestPayment", "accessmonitor", "resourceGroup", "acl", "inventory"}) EXPECT_EQ(read(name), "200") << name;
  EXPECT_EQ(region.send({"GET", "photos", "", "resourceGroup", {}, ""}).xml("ResourceGroupId"), "rg-default");
  EXPECT_EQ(region.asked({"DELETE", "photos", "", "cors", {}, ""}), "204");
}

TEST_F(BucketOperations, UnknownSubresourcesAreRefusedByName) {
  region.make_bucket("photos");
  const Reply put = region.send({"PUT", "photos", "", "lifecycle", {}, "<x/>"});
  EXPECT_EQ(region.outcome(put), "400 NotImplemented");
  EXPECT_NE(put.xml("Message").find("lifecycle"), std::string::npos);
  for (const char* name : {"metaQuery", "live", "stat", "cname", "accessPoint"}) EXPECT_EQ(region.asked({"GET", "photos", "", name, {}, ""}), "400 NotImplemented") << name;
  EXPECT_EQ(region.asked({"DELETE", "photos", "", "somethingNew", {}, ""}), "400 NotImplemented") << "never a deletion of the bucket";
  EXPECT_EQ(region.asked({"DELETE", "photos", "", "versioning", {}, ""}), "405 MethodNotAllowed");
  EXPECT_EQ(region.asked({"POST", "photos", "", "replication", {}, ""}), "400 InvalidArgument");
  EXPECT_EQ(region.asked({"PUT", "photos", "", "rtc", {}, ""}), "400 NotImplemented");
  region.put("photos", "k", "x");
  EXPECT_EQ(region.asked({"GET", "photos", "k", "1699999999", {}, ""}), "200") << "browsers add names of their own";
}

TEST_F(BucketOperations, ListingsPageOverKeysAndPrefixes) {
  region.make_bucket("photos");
  for (const char* key : {"a", "b/1", "b/2", "c+d", "e"}) region.put("photos", key, "x");
  const Reply first = region.send({"GET", "photos", "", "delimiter=%2F&max-keys=2&encoding-type=url", {}, ""});
  EXPECT_EQ(first.xml("IsTruncated"), "true") << first.body;
  EXPECT_EQ(first.xml("NextMarker"), "b%2F");
  EXPECT_EQ(first.xml("CommonPrefixes/Prefix"), "b%2F");
  const Reply second = region.send({"GET", "photos", "", "delimiter=%2F&marker=b%2F&encoding-type=url&prefix=", {}, ""});
  EXPECT_EQ(second.xml("Contents/Key"), "c%2Bd");
  EXPECT_EQ(second.xml("Contents/Owner/ID"), "1000000000000001");
  EXPECT_EQ(second.xml("IsTruncated"), "false");
  const Reply v2 = region.send({"GET", "photos", "", "list-type=2&max-keys=1&continuation-token=", {}, ""});
  EXPECT_EQ(v2.xml("KeyCount"), "1");
  EXPECT_EQ(v2.xml("Contents/Owner"), "(absent)");
  const Reply next = region.send({"GET", "photos", "", "list-type=2&max-keys=1&continuation-token=" + codec::percent_encode(v2.xml("NextContinuationToken")), {}, ""});
  EXPECT_EQ(next.xml("Contents/Key"), "b/1");
  EXPECT_EQ(region.asked({"GET", "photos", "", "max-keys=0", {}, ""}), "400 InvalidArgument");
  EXPECT_EQ(region.asked({"GET", "photos", "", "max-keys=1001", {}, ""}), "400 InvalidArgument");
  for (const char* name : {"prefix=", "marker=", "delimiter=", "versions&key-marker="}) {
    EXPECT_EQ(region.asked({"GET", "photos", "", name + std::string(1025, 'a'), {}, ""}), "400 InvalidArgument") << name;
  }
}

TEST_F(BucketOperations, VersionListingsShowMarkersAndNull) {
  region.make_bucket("photos");
  region.put("photos", "k", "1");
  EXPECT_EQ(region.send({"GET", "photos", "", "versions", {}, ""}).xml("Version/VersionId"), "null");
  region.version_it("photos");
  region.send({"DELETE", "photos", "k", "", {}, ""});
  const Reply list = region.send({"GET", "photos", "", "versions", {}, ""});
  EXPECT_EQ(list.xml("DeleteMarker/IsLatest"), "true");
  EXPECT_EQ(list.xml("Version/IsLatest"), "false");
  EXPECT_EQ(region.asked({"GET", "photos", "", "versions&version-id-marker=null", {}, ""}), "400 InvalidArgument");
}

TEST_F(BucketOperations, AnotherRegionsBucketAnswersWithItsEndpoint) {
  identity::BucketEntry entry;
  entry.name = BucketName("faraway");
  entry.id = BucketId((std::uint64_t{2} << 48) + 1);
  entry.owner = alice_uid;
  entry.region = RegionId("cn-beijing");
  region.realm.good(region.realm.buckets.register_bucket({}, entry));
  const Reply reply = region.send({"GET", "faraway", "k", "", {}, ""});
  EXPECT_EQ(region.outcome(reply), "403 AccessDenied");
  EXPECT_EQ(reply.xml("Endpoint"), "oss-cn-beijing.example.net:9001");
  EXPECT_EQ(region.asked({"PUT", "faraway", "", "", {}, ""}), "409 BucketAlreadyExists") << "its own owner's, too: the name is taken";
  const Reply list = region.send({"GET", "", "", "", {}, ""});
  EXPECT_EQ(list.xml("Buckets/Bucket/Location"), "oss-cn-beijing");
}

TEST_F(BucketOperations, AHalfMadeBucketIsFinishedByRepeating) {
  identity::BucketEntry entry;
  entry.name = BucketName("half");
  entry.id = BucketId((std::uint64_t{1} << 48) + 999);
  entry.owner = alice_uid;
  entry.region = RegionId("cn-hangzhou");
  region.realm.good(region.realm.buckets.register_bucket({}, entry));
  EXPECT_EQ(region.asked({"GET", "half", "k", "", {}, ""}), "404 NoSuchBucket");
  EXPECT_EQ(region.asked({"PUT", "half", "", "", {}, ""}), "200");
  EXPECT_EQ(region.put("half", "k", "x").status, 200);
}

TEST_F(BucketOperations, AHalfDeletedBucketIsFinishedByRepeating) {
  identity::BucketEntry entry;
  entry.name = BucketName("half");
  entry.id = BucketId((std::uint64_t{1} << 48) + 999);
  entry.owner = alice_uid;
  entry.region = RegionId("cn-hangzhou");
  region.realm.good(region.realm.buckets.register_bucket({}, entry));
  EXPECT_EQ(region.outcome(region.send(region.bob, {"DELETE", "half", "", "", {}, ""})), "403 AccessDenied");
  EXPECT_EQ(region.asked({"DELETE", "half", "", "", {}, ""}), "204");
  EXPECT_EQ(region.send(region.bob, {"PUT", "half", "", "", {}, ""}).status, 200);
}

TEST_F(BucketOperations, RoleSessionsCarryTheirTokenInTheRequest) {
  region.make_bucket("photos");
  region.put("photos", "k", "x");
  region.realm.role(alice_uid, "reader", identity::trust_of("acs:ram::1000000000000001:root"));
  region.realm.grant(alice_uid, identity::EntityName{identity::EntityKind::kRole, "reader"}, "read", identity::allow(R"("oss:GetObject")"));
  const SigningCredential caller = region.user(alice_uid, "caller", identity::allow(R"("sts:AssumeRole")"));
  const auto principal = region.realm.authentication.find_credential(AccessKeyId(caller.access_key), std::nullopt);
  ASSERT_TRUE(principal);
  identity::AssumeRole wanted;
  wanted.role_arn = "acs:ram::1000000000000001:role/reader";
  wanted.session_name = "s1";
  const auto session = region.realm.sessions.assume_role(principal->principal, wanted);
  ASSERT_TRUE(session) << session.error().text();
  const SigningCredential temporary{session->access_key.get(), session->secret, session->token};
  EXPECT_EQ(region.send(temporary, {"GET", "photos", "k", "", {}, ""}).body, "x");
  EXPECT_EQ(region.outcome(region.send(temporary, {"PUT", "photos", "k", "", {}, "y"})), "403 AccessDenied");
  const SigningCredential bare{temporary.access_key, temporary.secret, std::nullopt};
  EXPECT_EQ(region.outcome(region.send(bare, {"GET", "photos", "k", "", {}, ""})), "403 InvalidAccessKeyId");
}

TEST_F(BucketOperations, RequestsAreCountedByOperationAndStatus) {
  region.make_bucket("photos");
  region.send({"GET", "photos", "k", "", {}, ""});
  EXPECT_EQ(region.realm.node.metrics.value("farshore_http_requests_total", {{"protocol", "oss"}, {"operation", "PutBucket"}, {"code", "200"}}), 1);
  EXPECT_EQ(region.realm.node.metrics.value("farshore_http_requests_total", {{"protocol", "oss"}, {"operation", "GetObject"}, {"code", "404"}}), 1);
  EXPECT_EQ(region.service.in_work(), 0u);
}

TEST_F(BucketOperations, RegionsAreDescribed) {
  EXPECT_EQ(region.send({"GET", "", "", "regions=oss-cn-beijing", {}, ""}).xml("RegionInfo/Region"), "oss-cn-beijing");
  EXPECT_EQ(region.asked({"GET", "", "", "regions=oss-nowhere", {}, ""}), "404 NoSuchRegion");
}

}  // namespace
}  // namespace farshore::api::oss
