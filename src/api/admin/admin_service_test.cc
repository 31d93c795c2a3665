// SPDX-License-Identifier: Apache-2.0
// The operator's API of a region without peers, on virtual time.
#include "api/admin/admin_service.h"

#include "api/admin/nearest_name.h"
#include "codec/text.h"
#include "identity/realm_test.h"
#include "keys/key_wrapper.h"
#include "keys/root_key.h"

namespace farshore::api::admin {
namespace {

const Secret kOperator(std::string(32, 'o'));

/// A realm where no other region can be reached.
struct NoRegions : replication::Regions {
  replication::Destination* find(const RegionId&) override { return nullptr; }
};

class AdminApi : public testing::Test {
 protected:
  AdminApi() {
    realm.make_accounts();
    endpoints.here = RegionId("cn-hangzhou");
    endpoints.regions = {{RegionId("cn-hangzhou"), {}, "127.0.0.1:9000", ""}, {RegionId("cn-beijing"), {}, "127.0.0.1:9001", ""}};
    make_bucket("photos", 1, "cn-hangzhou");
    make_bucket("faraway", 2, "cn-beijing");
    service.emplace(AdminServices{realm.node.runtime, realm.accounts, realm.directory, audit, objects, rules, endpoints, [](const RegionId&) { return true; }}, kOperator);
  }
  ~AdminApi() override { rules.abandon(); }
  void make_bucket(const std::string& name, std::uint64_t number, const std::string& region) {
    const BucketId id((std::uint64_t(1) << 48) | number);
    realm.good(realm.buckets.register_bucket({}, identity::BucketEntry{BucketName(name), id, identity::kS, RegionId(region), 1000}));
    BucketSettings settings;
    settings.id = id;
    settings.name = BucketName(name);
    settings.owner = identity::kS;
    settings.region = RegionId(region);
    if (region == "cn-hangzhou") realm.good(objects.buckets().create({}, settings));
  }
  std::int64_t now() { return realm.node.clock.now().millis(); }

  http::Request request(std::string method, std::string path, codec::Query query = {}, std::string body = "", const Secret& secret = kOperator,
                        std::string region = "cn-hangzhou", std::int64_t skew = 0) {
    http::ClientRequest signed_request;
    signed_request.method = method;
    signed_request.bytes = Buffer(body);
    sign_admin(signed_request, path, query, secret, RegionId(region), now() + skew);
    http::Request made;
    made.method = std::move(method);
    made.raw_path = std::move(path);
    made.raw_query = query.text();
    made.headers = std::move(signed_request.headers);
    made.body = memory_body(std::move(body));
    made.remote.host = "192.0.2.7";
    return made;
  }
  codec::JsonValue ask(http::Request made, int status) {
    const http::Response response = realm.run(service->handle({}, std::move(made)));
    EXPECT_EQ(response.status(), status) << response.bytes().view();
    EXPECT_EQ(response.headers().get("Content-Type"), "application/json");
    auto json = codec::parse_json(response.bytes().view());
    EXPECT_TRUE(json) << response.bytes().view();
    return json ? *json : codec::JsonValue();
  }
  codec::JsonValue get(std::string path, codec::Query query = {}, int status = 200) { return ask(request("GET", "/-/admin/" + path, std::move(query)), status); }
  static std::string code(const codec::JsonValue& refusal) { return std::string(refusal.find_string("code").value_or("")); }

  identity::Realm realm;
  keys::RootKeyWrapper wrapper{keys::RootKey::from(Secret(std::string(32, 'w'))).value(), realm.loop.random()};
  objects::Objects objects{objects::Stores{realm.store, realm.store, wrapper, realm.node.runtime}};
  std::shared_ptr<storage::Partition> region_partition = *realm.run(realm.store.open({}, kRegionPartition));
  identity::AuditTrail audit{realm.node.runtime, region_partition};
  NoRegions no_regions;
  replication::RuleService rules{realm.node.runtime, objects, realm.directory, realm.sessions, no_regions, region_partition, RegionId("cn-hangzhou"),
                                 {RegionId("cn-hangzhou"), RegionId("cn-beijing")}};
  Endpoints endpoints;
  std::optional<AdminService> service;
};

TEST_F(AdminApi, IsToldFromBucketsByItsPath) {
  http::Request made;
  made.raw_path = "/-/admin/accounts";
  EXPECT_TRUE(AdminService::is_admin_request(made));
  made.raw_path = "/photos/-/admin/accounts";
  EXPECT_FALSE(AdminService::is_admin_request(made));
}

TEST_F(AdminApi, AnUnsignedRequestLearnsNothing) {
  http::Request made = request("GET", "/-/admin/accounts");
  made.headers.remove("Authorization");
  EXPECT_EQ(code(ask(std::move(made), 403)), "AccessDenied");
}

TEST_F(AdminApi, AWrongSecretIsRefused) { EXPECT_EQ(code(ask(request("GET", "/-/admin/accounts", {}, "", Secret(std::string(32, 'x'))), 403)), "SignatureDoesNotMatch"); }

TEST_F(AdminApi, AnotherAccessKeyIsRefusedEvenWithTheRightSecret) {
  http::Request made = request("GET", "/-/admin/accounts");
  std::string header(made.headers.get("Authorization"));
  header.replace(header.find("operator"), 8, "somebody");
  made.headers.set("Authorization", header);
  EXPECT_EQ(code(ask(std::move(made), 403)), "AccessDenied");
}

TEST_F(AdminApi, ClocksMayDifferByAQuarterOfAnHourAndNoMore) {
  realm.pass(std::chrono::hours(2));
  for (const std::int64_t sign : {1, -1}) {
    EXPECT_EQ(code(ask(request("GET", "/-/admin/accounts", {}, "", kOperator, "cn-hangzhou", sign * 16 * 60000), 403)), "RequestTimeTooSkewed");
    EXPECT_EQ(code(ask(request("GET", "/-/admin/accounts", {}, "", kOperator, "cn-hangzhou", sign * 14 * 60000), 200)), "");
  }
}

TEST_F(AdminApi, TheSignatureCoversPathQueryAndBody) {
  http::Request path = request("GET", "/-/admin/accounts");
  path.raw_path = "/-/admin/audit";
  EXPECT_EQ(code(ask(std::move(path), 403)), "SignatureDoesNotMatch");
  http::Request query = request("GET", "/-/admin/rules", codec::Query().add("bucket", "photos"));
  query.raw_query = "bucket=other";
  EXPECT_EQ(code(ask(std::move(query), 403)), "SignatureDoesNotMatch");
  http::Request body = request("POST", "/-/admin/accounts", {}, R"({"name":"third"})");
  body.body = memory_body(R"({"name":"evil"})");
  EXPECT_EQ(code(ask(std::move(body), 400)), "InvalidDigest");
}

TEST_F(AdminApi, ASignatureForAnotherRegionNamesTheRightOne) {
  const auto refusal = ask(request("GET", "/-/admin/accounts", {}, "", kOperator, "cn-beijing"), 400);
  EXPECT_EQ(refusal.find_string("signing_region"), "cn-hangzhou");
}

TEST_F(AdminApi, AMalformedAuthorizationIsRefused) {
  for (const char* header : {"", "OSS a:b", "OSS4-HMAC-SHA256", "OSS4-HMAC-SHA256 Credential=operator", "OSS4-HMAC-SHA256 Credential=operator/d/r/oss/aliyun_v4_request,Signature=1",
                             "OSS4-HMAC-SHA256 Signature=00,Foo=1"}) {
    http::Request made = request("GET", "/-/admin/accounts");
    made.headers.set("Authorization", header);
    EXPECT_EQ(code(ask(std::move(made), 400)), "InvalidArgument") << header;
  }
}

TEST_F(AdminApi, WithoutAnOperatorKeyNobodyIsTheOperator) {
  AdminService closed(AdminServices{realm.node.runtime, realm.accounts, realm.directory, audit, objects, rules, endpoints, {}}, Secret());
  const http::Response response = realm.run(closed.handle({}, request("GET", "/-/admin/accounts", {}, "", Secret())));
  EXPECT_EQ(response.status(), 403);
}

TEST_F(AdminApi, ListsAccounts) {
  const auto answer = get("accounts");
  ASSERT_EQ(answer.find("accounts")->array().size(), 2u);
  EXPECT_EQ(answer.find("accounts")->array()[0].find_string("name"), "source");
  EXPECT_EQ(answer.find("accounts")->array()[0].find_string("uid"), identity::kS.get());
}

TEST_F(AdminApi, ShowsAnAccountByNameOrUid) {
  EXPECT_EQ(get("accounts/source").find("buckets")->array().size(), 2u);
  EXPECT_EQ(get("accounts/" + identity::kD.get()).find("account")->find_string("name"), "destination");
  const auto refusal = get("accounts/sorce", {}, 404);
  EXPECT_EQ(code(refusal), "EntityNotExist");
  EXPECT_EQ(refusal.find_string("nearest"), "source");
}

TEST_F(AdminApi, CreatesAnAccountOnceAndShowsItsKey) {
  const auto made = ask(request("POST", "/-/admin/accounts", {}, R"({"name":"third","regions":["cn-beijing"]})"), 201);
  const std::string key(made.find_string("access_key_id").value_or(""));
  EXPECT_FALSE(made.find_string("access_key_secret").value_or("").empty());
  ASSERT_NE(realm.directory.view().access_key(AccessKeyId(key)), nullptr);
  EXPECT_EQ(code(ask(request("POST", "/-/admin/accounts", {}, R"({"name":"third"})"), 409)), "EntityAlreadyExists");
  const auto audited = get("audit");
  ASSERT_FALSE(audited.find("records")->array().empty());
  EXPECT_EQ(audited.find("records")->array()[0].find_string("action"), "admin:CreateAccount");
  EXPECT_EQ(audited.find("records")->array()[0].find_string("resource"), "third");
  EXPECT_EQ(audited.find("records")->array()[0].find_string("source_ip"), "192.0.2.7");
}

TEST_F(AdminApi, RefusesBodiesItDoesNotUnderstand) {
  for (const char* body : {"", "[]", "{", R"({"name":1})", R"({"name":"a","colour":"red"})", R"({})", R"({"name":"a","regions":["nowhere"]})"}) {
    realm.pass(std::chrono::seconds(1));  // each with a signature of its own
    ask(request("POST", "/-/admin/accounts", {}, body), 400);
  }
}

TEST_F(AdminApi, ACapturedPostCannotBeSentAgain) {
  ask(request("POST", "/-/admin/accounts", {}, R"({"name":"third"})"), 201);
  EXPECT_EQ(code(ask(request("POST", "/-/admin/accounts", {}, R"({"name":"third"})"), 400)), "InvalidRequest");
}

TEST_F(AdminApi, TellsRegionsAndTheirConnections) {
  const auto answer = get("regions");
  EXPECT_EQ(answer.find_string("region"), "cn-hangzhou");
  EXPECT_TRUE(answer.find("directory")->find("home")->boolean());
  const auto& regions = answer.find("regions")->array();
  ASSERT_EQ(regions.size(), 2u);
  EXPECT_TRUE(regions[0].find("connected")->is_null());
  EXPECT_TRUE(regions[1].find("connected")->boolean());
  EXPECT_EQ(regions[1].find_string("endpoint"), "127.0.0.1:9001");
}

TEST_F(AdminApi, ABucketWithoutRulesHasAnEmptyList) {
  EXPECT_TRUE(get("rules", codec::Query().add("bucket", "photos")).find("rules")->array().empty());
  EXPECT_TRUE(get("explain", codec::Query().add("bucket", "photos").add("key", "cat.jpg")).find("rules")->array().empty());
}

TEST_F(AdminApi, ABucketOfAnotherRegionIsRefusedWithItsEndpoint) {
  const auto refusal = get("rules", codec::Query().add("bucket", "faraway"), 400);
  EXPECT_EQ(refusal.find_string("endpoint"), "127.0.0.1:9001");
  EXPECT_EQ(refusal.find_string("region"), "cn-beijing");
}

TEST_F(AdminApi, AMistypedBucketIsRefusedWithTheNearest) {
  const auto refusal = get("rules", codec::Query().add("bucket", "photoss"), 404);
  EXPECT_EQ(code(refusal), "NoSuchBucket");
  EXPECT_EQ(refusal.find_string("nearest"), "photos");
}

TEST_F(AdminApi, MissingParametersAndPathsAreNamed) {
  EXPECT_EQ(get("rules", {}, 400).find_string("parameter"), "bucket");
  EXPECT_EQ(get("explain", codec::Query().add("bucket", "photos"), 400).find_string("parameter"), "key");
  EXPECT_EQ(get("explain", codec::Query().add("bucket", "photos").add("key", "k").add("version", "bad"), 400).find_string("code"), "InvalidArgument");
  EXPECT_EQ(get("parked", codec::Query().add("bucket", "photos").add("rule", "r"), 404).find_string("code"), "NoSuchReplicationConfiguration");
  EXPECT_EQ(get("audit", codec::Query().add("max", "0"), 400).find_string("parameter"), "max");
  EXPECT_EQ(get("acounts", {}, 404).find_string("nearest"), "/-/admin/accounts");
  EXPECT_EQ(ask(request("POST", "/-/admin/audit"), 405).find_string("allow"), "GET");
}

TEST_F(AdminApi, HealthOfAQuietRegionIsOk) {
  const auto answer = get("health");
  EXPECT_EQ(answer.find_string("status"), "ok");
  EXPECT_EQ(answer.find("rules")->number().integer(), 0);
}

TEST(NearestName, FindsTyposAndBeginnings) {
  const std::vector<std::string> names{"accounts", "account-create", "rules", "progress"};
  EXPECT_EQ(nearest_name("acounts", names), "accounts");
  EXPECT_EQ(nearest_name("rulse", names), "rules");
  EXPECT_EQ(nearest_name("PROGRESS", names), "progress");
  EXPECT_EQ(nearest_name("account-c", names), "account-create");
  EXPECT_EQ(nearest_name("zzz", names), std::nullopt);
  EXPECT_EQ(nearest_name("", names), std::nullopt);
  EXPECT_EQ(name_distance("ab", "ba"), 1u);
  EXPECT_EQ(name_distance("kitten", "sitting"), 3u);
}

}  // namespace
}  // namespace farshore::api::admin
