// SPDX-License-Identifier: Apache-2.0
// STS calls, and what the sessions they give may do.
#include <gtest/gtest.h>

#include "api/common/rpc_world_test.h"
#include "api/sts/sts_product.h"

namespace farshore::api {
namespace {

constexpr const char* kMayAssume = R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]})";
constexpr const char* kMayList = R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"ram:List*","Resource":"*"}]})";

std::string trusts(std::string_view uid) {
  return R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":["acs:ram::)" + std::string(uid) + R"(:root"]}}]})";
}

// Stands for any product: two actions to see what a session may do.
Result<std::vector<std::string>> every_role(const RpcCall& call) {
  return std::vector<std::string>{"acs:ram::" + call.account().get() + ":role/*"};
}
Task<Result<RpcTree>> nothing(OpContext, RpcServices, RpcCall) { co_return RpcTree(); }
constexpr RpcAction kProbes[] = {
    {"ListRoles", "ram:ListRoles", RpcPermission::kPolicies, every_role, nothing},
    {"ListUsers", "ram:ListUsers", RpcPermission::kPolicies, every_role, nothing},
    {"GetRole", "ram:GetRole", RpcPermission::kPolicies, every_role, nothing},
};

class Sts : public testing::Test {
 protected:
  void SetUp() override {
    world.grant(kUid, identity::EntityKind::kUser, "alice", kMayAssume);
    world.role(kUid, "Worker", trusts(kUid));
    world.grant(kUid, identity::EntityKind::kRole, "Worker", kMayList);
  }
  RpcAnswer assume(const RpcKeys& keys, RpcWorld::Parameters more = {}, const std::string& arn = "acs:ram::1000000000000001:role/worker") {
    RpcWorld::Parameters parameters{{"RoleArn", arn}, {"RoleSessionName", "job1"}};
    parameters.insert(parameters.end(), more.begin(), more.end());
    return world.sts(keys, "AssumeRole", parameters);
  }
  static RpcKeys session_of(const RpcAnswer& answer) {
    return {answer.at("Credentials.AccessKeyId"), Secret(answer.at("Credentials.AccessKeySecret")), answer.at("Credentials.SecurityToken")};
  }

  static constexpr const char* kUid = "1000000000000001";
  RpcWorld world{{sts::product(), {"Probe", "2015-05-01", kProbes}}};
  RpcKeys root = world.account("source", kUid);
  RpcKeys alice = world.user(kUid, "alice");
};

TEST_F(Sts, AUserAssumesARoleAndActsAsIt) {
  const auto answer = assume(alice, {{"DurationSeconds", "900"}}, "acs:ram::1000000000000001:role/WORKER");
  ASSERT_EQ(answer.status, 200) << answer.text;
  EXPECT_EQ(answer.at("AssumedRoleUser.Arn"), "acs:ram::1000000000000001:role/worker/job1");
  const std::string id = answer.at("AssumedRoleUser.AssumedRoleId");
  EXPECT_EQ(id.substr(18), ":job1");
  EXPECT_TRUE(answer.at("Credentials.AccessKeyId").starts_with("STS."));
  EXPECT_TRUE(answer.at("Credentials.SecurityToken").starts_with("CAIS"));
  const std::string expiration = answer.at("Credentials.Expiration");
  EXPECT_EQ(expiration.size(), 20u);
  EXPECT_EQ(expiration.back(), 'Z');

  const RpcKeys session = session_of(answer);
  EXPECT_EQ(world.ram(session, "ListRoles").status, 200);
  const auto refused = world.ram(session, "GetRole");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.at("AccessDeniedDetail.AuthPrincipalType"), "AssumedRoleUser");

  const auto identity = world.sts(session, "GetCallerIdentity");
  EXPECT_EQ(identity.at("IdentityType"), "AssumedRoleUser");
  EXPECT_EQ(identity.at("PrincipalId"), id);
  EXPECT_EQ(identity.at("RoleId"), id.substr(0, 18));
  EXPECT_EQ(identity.at("UserId"), "-");
  EXPECT_EQ(identity.at("Arn").rfind("/job1"), identity.at("Arn").size() - 5);
  EXPECT_TRUE(identity.at("Arn").starts_with("acs:ram::1000000000000001:assumed-role/"));
}

TEST_F(Sts, GetCallerIdentityTellsRootsAndUsersApart) {
  const auto as_root = world.sts(root, "GetCallerIdentity");
  EXPECT_EQ(as_root.at("IdentityType"), "Account");
  EXPECT_EQ(as_root.at("Arn"), "acs:ram::1000000000000001:root");
  EXPECT_EQ(as_root.at("UserId"), kUid);
  EXPECT_EQ(as_root.at("AccountId"), kUid);
  const auto as_user = world.sts(alice, "GetCallerIdentity");
  EXPECT_EQ(as_user.at("IdentityType"), "RAMUser");
  EXPECT_EQ(as_user.at("Arn"), "acs:ram::1000000000000001:user/alice");
  EXPECT_EQ(as_user.at("PrincipalId"), as_user.at("UserId"));
}

TEST_F(Sts, RootsMayNotAssumeRoles) {
  const auto answer = assume(root);
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.code(), "NoPermission");
  EXPECT_EQ(answer.at("Message"), "Roles may not be assumed by root accounts.");
}

TEST_F(Sts, AUserWithoutTheRightIsRefusedDespiteTrust) {
  const RpcKeys bob = world.user(kUid, "bob");
  const auto answer = assume(bob);
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.code(), "NoPermission");
  EXPECT_EQ(answer.at("AccessDeniedDetail.AuthAction"), "sts:AssumeRole");
}

TEST_F(Sts, ARoleThatTrustsOnlyAServiceRefusesUsers) {
  world.role(kUid, "ForOss", kTrustsOss);
  const auto answer = assume(alice, {}, "acs:ram::1000000000000001:role/foross");
  EXPECT_EQ(answer.code(), "NoPermission");
  EXPECT_EQ(answer.at("AccessDeniedDetail.PolicyType"), "AssumeRolePolicy");
}

TEST_F(Sts, StrangersAreRefusedAlikeWhetherTheRoleExistsOrNot) {
  const std::string other = "2000000000000002";
  world.account("destination", other);
  const RpcKeys eve = world.user(other, "eve");
  world.grant(other, identity::EntityKind::kUser, "eve", kMayAssume);
  const auto there = assume(eve);
  const auto absent = assume(eve, {}, "acs:ram::1000000000000001:role/nobody");
  EXPECT_EQ(there.status, 403);
  EXPECT_EQ(absent.status, 403);
  EXPECT_EQ(there.at("Message"), absent.at("Message"));
  EXPECT_EQ(there.at("AccessDeniedDetail.PolicyType"), absent.at("AccessDeniedDetail.PolicyType"));
  EXPECT_EQ(assume(alice, {}, "acs:ram::1000000000000001:role/nobody").code(), "EntityNotExist.Role");

  world.role(kUid, "Shared", trusts(other));
  EXPECT_EQ(assume(eve, {}, "acs:ram::1000000000000001:role/shared").status, 200);
}

TEST_F(Sts, ParametersAreChecked) {
  EXPECT_EQ(world.sts(alice, "AssumeRole", {{"RoleSessionName", "job"}}).code(), "MissingRoleArn");
  EXPECT_EQ(world.sts(alice, "AssumeRole", {{"RoleArn", "acs:ram::1000000000000001:role/worker"}}).code(), "MissingRoleSessionName");
  EXPECT_EQ(assume(alice, {}, "worker").code(), "InvalidParameter.RoleArn");
  EXPECT_EQ(world.sts(alice, "AssumeRole", {{"RoleArn", "acs:ram::1000000000000001:role/worker"}, {"RoleSessionName", "a b"}}).code(),
            "InvalidParameter.RoleSessionName");
  for (const char* seconds : {"0", "899", "7201", "1h"}) {
    EXPECT_EQ(assume(alice, {{"DurationSeconds", seconds}}).code(), "InvalidParameter.DurationSeconds") << seconds;
  }
  EXPECT_EQ(assume(alice, {{"ExternalId", "x"}}).code(), "InvalidParameter.ExternalId");
  EXPECT_EQ(assume(alice, {{"Policy", "{}"}}).code(), "InvalidParameter.PolicyGrammar");
  EXPECT_EQ(assume(alice, {{"Policy", std::string(2049, ' ')}}).code(), "InvalidParameter.PolicySize");
  EXPECT_EQ(assume(alice, {{"SourceIdentity", "me"}}).code(), "NotImplemented");
  EXPECT_EQ(assume(alice, {{"DurationSeconds", ""}, {"Policy", ""}}).status, 200);
}

TEST_F(Sts, ExternalIdIsAConditionOfTrust) {
  world.role(kUid, "Guarded", R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"RAM":["acs:ram::1000000000000001:root"]},)"
                  R"("Condition":{"StringEquals":{"sts:ExternalId":"secret-word"}}}]})");
  const std::string arn = "acs:ram::1000000000000001:role/guarded";
  EXPECT_EQ(assume(alice, {}, arn).status, 403);
  EXPECT_EQ(assume(alice, {{"ExternalId", "other"}}, arn).status, 403);
  EXPECT_EQ(assume(alice, {{"ExternalId", "secret-word"}}, arn).status, 200);
}

TEST_F(Sts, ASessionPolicyOnlyTakesAway) {
  const RpcKeys session =
      session_of(assume(alice, {{"Policy", R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"ram:ListUsers","Resource":"*"}]})"}}));
  EXPECT_EQ(world.ram(session, "ListUsers").status, 200);
  const auto refused = world.ram(session, "ListRoles");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.at("AccessDeniedDetail.PolicyType"), "SessionPolicy");
}

TEST_F(Sts, LostRightsEndWhatLiveSessionsMayDo) {
  const RpcKeys session = session_of(assume(alice));
  EXPECT_EQ(world.ram(session, "ListRoles").status, 200);
  const identity::PolicyName policy{AccountUid(kUid), identity::PolicyType::kCustom, "for-Worker"};
  ASSERT_TRUE(sim::run(world.loop, world.policies.detach({}, policy, {identity::EntityKind::kRole, "Worker"})));
  EXPECT_EQ(world.ram(session, "ListRoles").code(), "NoPermission");
  ASSERT_TRUE(sim::run(world.loop, world.roles.erase({}, AccountUid(kUid), "Worker")));
  EXPECT_EQ(world.ram(session, "ListRoles").code(), "InvalidSecurityToken.Malformed");
  world.role(kUid, "Worker", trusts(kUid));
  EXPECT_EQ(world.sts(session, "GetCallerIdentity").code(), "InvalidSecurityToken.Malformed");
}

TEST_F(Sts, TheThreePartsOfASessionAreBound) {
  const RpcKeys one = session_of(assume(alice)), two = session_of(assume(alice));
  EXPECT_EQ(world.sts({one.access_key, one.secret, ""}, "GetCallerIdentity").code(), "MissingSecurityToken");
  EXPECT_EQ(world.sts({one.access_key, one.secret, two.token}, "GetCallerIdentity").code(), "InvalidSecurityToken.MismatchWithAccessKey");
  EXPECT_EQ(world.sts({one.access_key, two.secret, one.token}, "GetCallerIdentity").code(), "SignatureDoesNotMatch");
  EXPECT_EQ(world.sts({alice.access_key, alice.secret, one.token}, "GetCallerIdentity").code(), "InvalidSecurityToken.MismatchWithAccessKey");
  EXPECT_EQ(world.sts({one.access_key, one.secret, "CAISgarbage"}, "GetCallerIdentity").code(), "InvalidSecurityToken.Malformed");
  world.node.clock.skew += std::chrono::seconds(3601);
  EXPECT_EQ(world.sts(one, "GetCallerIdentity").code(), "InvalidSecurityToken.Expired");
}

TEST_F(Sts, CallsAreAuditedWithTheRole) {
  assume(root);
  const auto records = sim::run(world.loop, world.audit.recent({}, 1)).value();
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].action, "sts:AssumeRole");
  EXPECT_EQ(records[0].resource, "acs:ram::1000000000000001:role/worker");
  EXPECT_EQ(records[0].outcome, "NoPermission");
}

TEST_F(Sts, KmsIsRefusedByName) {
  const auto answer = world.send(world.signed_call(root, "2016-01-20", "CreateKey", {}));
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.code(), "NotImplemented");
  EXPECT_NE(answer.at("Message").find("KMS"), std::string::npos);
}

}  // namespace
}  // namespace farshore::api
