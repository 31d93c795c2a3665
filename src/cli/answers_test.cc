// SPDX-License-Identifier: Apache-2.0
// URLs, the realm file, and the operator's answers as tables.
#include <gtest/gtest.h>

#include "cli/admin_tables.h"
#include "cli/realm_file.h"
#include "cli/server_url.h"
#include "cli/table.h"

namespace farshore::cli {
namespace {

TEST(ServerUrl, ReadsHostPortAndScheme) {
  const auto plain = parse_url("http://127.0.0.1:9000/", "");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->endpoint.address.host, "127.0.0.1");
  EXPECT_EQ(plain->endpoint.address.port, 9000);
  EXPECT_EQ(plain->host, "127.0.0.1:9000");
  EXPECT_FALSE(plain->endpoint.tls);
  const auto secure = parse_url("https://[::1]", "ca.pem");
  ASSERT_TRUE(secure);
  EXPECT_EQ(secure->endpoint.address.host, "::1");
  EXPECT_EQ(secure->endpoint.address.port, 443);
  EXPECT_EQ(secure->endpoint.tls->ca_file, "ca.pem");
  EXPECT_EQ(parse_url("b:2", "", &*secure)->text, "https://b:2");
}

TEST(ServerUrl, RefusesWhatIsNone) {
  for (const char* text : {"", "127.0.0.1:9000", "ftp://a", "http://", "http://a:0", "http://a:99999", "http://a/b", "http://a b", "http://:80"}) {
    EXPECT_FALSE(parse_url(text, "")) << text;
  }
}

TEST(ServerUrl, AFailureNamesTheAddressAndWhatToDo) {
  const std::string text = unanswered(*parse_url("http://127.0.0.1:1", ""), Error(ErrorCode::kUnreachable, "127.0.0.1:1: Connection refused"));
  EXPECT_EQ(text, "cannot reach http://127.0.0.1:1 (127.0.0.1:1: Connection refused): is the region running, and is this its address?");
}

TEST(RealmFile, IsReadAndCheckedFieldByField) {
  const auto realm = parse_realm_file(R"({"identity_endpoint":"http://h:1","console":"x","regions":[{"id":"r1","location":"oss-r1","endpoint":"http://h:1"}],
    "accounts":[{"name":"source","uid":"1","access_key_id":"k","access_key_secret":"s"}]})");
  ASSERT_TRUE(realm) << realm.error().text();
  EXPECT_EQ(realm->regions[0].location, "oss-r1");
  EXPECT_EQ(realm->accounts[0].access_key_secret.reveal(), "s");
  EXPECT_NE(parse_realm_file(R"({"identity_endpoint":"h","regions":[],"accounts":[]})").error().message().find("no region"), std::string::npos);
  EXPECT_NE(parse_realm_file(R"({"identity_endpoint":"h","regions":[{"id":"a"}],"accounts":[]})").error().message().find("location"), std::string::npos);
  EXPECT_FALSE(parse_realm_file("nonsense"));
}

TEST(Table, AlignsColumnsAndTamesControlCharacters) {
  Table table({"NAME", ">N"});
  table.add({"kühl", "7"});
  table.add({"a\x1b[31m", "12"});
  EXPECT_EQ(table.text(), "NAME     N\nkühl     7\na?[31m  12\n");
}

codec::JsonValue rules_answer(std::string_view progress, std::string_view stall, std::string_view status = "doing") {
  return *codec::parse_json(std::string(R"({"bucket":"photos","time":"T","rules":[{"id":"r","status":")") + std::string(status) +
                            R"(","destination":{"bucket":"copy","region":"west"},"prefixes":[],"action":"ALL","progress":)" + std::string(progress) + R"(,"stall":)" +
                            std::string(stall) + "}]}");
}
constexpr std::string_view kIdle =
    R"({"historical":1,"historical_total":5,"historical_settled":5,"new_object":"N","lag_seconds":0,"pending":0,"parked":0,"delivered":9,"delivered_bytes":99,"skipped":{"is_replica":3}})";
constexpr std::string_view kStall = R"({"reason":"destination_denied","text":"the policy does not grant it","remedy":"grant it","detail":"","since":"S"})";

TEST(AdminTables, ProgressShowsSkippedAndStallsWithTheirRemedy) {
  const std::string text = render_answer(AdminCommand::kProgress, rules_answer(kIdle, kStall));
  EXPECT_NE(text.find("100.0 %"), std::string::npos) << text;
  EXPECT_NE(text.find("rule r skipped  3 is_replica"), std::string::npos) << text;
  EXPECT_NE(text.find("rule r is stalled since S: the policy does not grant it\n  remedy  grant it"), std::string::npos) << text;
}

TEST(AdminTables, ARuleIsSettledOnlyWhenNothingIsLeft) {
  EXPECT_TRUE(all_settled(rules_answer(kIdle, "null")));
  EXPECT_FALSE(all_settled(rules_answer(kIdle, kStall)));
  EXPECT_FALSE(all_settled(rules_answer(kIdle, "null", "starting")));
  EXPECT_FALSE(all_settled(rules_answer(R"({"historical":null,"historical_total":5,"historical_settled":4,"pending":0,"parked":0})", "null")));
  EXPECT_FALSE(all_settled(rules_answer(R"({"historical":1,"historical_total":0,"historical_settled":0,"pending":1,"parked":0})", "null")));
  EXPECT_FALSE(all_settled(rules_answer(R"({"historical":1,"historical_total":0,"historical_settled":0,"pending":0,"parked":1})", "null")));
}

TEST(AdminTables, EmptyAnswersAreSentences) {
  const auto none = *codec::parse_json(R"({"bucket":"photos","rules":[],"changes":[]})");
  EXPECT_EQ(render_answer(AdminCommand::kRules, none), "bucket photos has no replication rules\n");
  EXPECT_EQ(render_answer(AdminCommand::kParked, none), "nothing is parked\n");
}

TEST(AdminTables, ARefusalNamesTheNearestName) {
  const auto refusal = *codec::parse_json(R"({"code":"NoSuchBucket","message":"there is no bucket of that name in the realm","request_id":"R","bucket":"phots","nearest":"photos"})");
  EXPECT_EQ(render_refusal(refusal), "farshore admin: there is no bucket of that name in the realm (bucket phots); did you mean 'photos'? [NoSuchBucket, request R]\n");
}

}  // namespace
}  // namespace farshore::cli
