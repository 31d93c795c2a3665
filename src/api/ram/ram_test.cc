// SPDX-License-Identifier: Apache-2.0
// RAM calls from their signed request to their JSON answer.
#include <gtest/gtest.h>

#include <set>

#include "api/common/rpc_world_test.h"
#include "api/ram/ram_product.h"

namespace farshore::api {
namespace {

constexpr const char* kUid = "1000000000000001";
constexpr const char* kReadsSource =
    R"({"Version":"1","Statement":[{"Effect":"Allow","Action":["oss:ReplicateList","oss:ReplicateGet"],)"
    R"("Resource":["acs:oss:*:*:src-bucket","acs:oss:*:*:src-bucket/*"]}]})";

class Ram : public testing::Test {
 protected:
  RpcAnswer call(std::string action, RpcWorld::Parameters parameters = {}) { return world.ram(root, std::move(action), std::move(parameters)); }
  RpcAnswer policy(const std::string& name, const std::string& document = kReadsSource) {
    return call("CreatePolicy", {{"PolicyName", name}, {"PolicyDocument", document}});
  }
  /// A user that may do what a statement says.
  RpcKeys user_with(const std::string& name, const std::string& document) {
    const RpcKeys keys = world.user(kUid, name);
    world.grant(kUid, identity::EntityKind::kUser, name, document);
    return keys;
  }

  RpcWorld world{{ram::product()}};
  RpcKeys root = world.account("source", kUid);
};

TEST_F(Ram, FirstStepOfTheReplicationStoryWorksCallByCall) {
  const auto role = call("CreateRole", {{"RoleName", "FarCrr"}, {"MaxSessionDuration", "3600"}, {"AssumeRolePolicyDocument", kTrustsOss}});
  ASSERT_EQ(role.status, 200) << role.text;
  EXPECT_EQ(role.at("RequestId"), role.request_id_header);
  EXPECT_EQ(role.at("Role.RoleName"), "FarCrr");
  EXPECT_EQ(role.at("Role.Arn"), "acs:ram::1000000000000001:role/farcrr");
  EXPECT_EQ(role.at("Role.AssumeRolePolicyDocument"), kTrustsOss);
  EXPECT_EQ(role.at("Role.MaxSessionDuration"), "3600");
  EXPECT_EQ(role.at("Role.RoleId").size(), 18u);

  const auto created = policy("crr-src");
  ASSERT_EQ(created.status, 200) << created.text;
  EXPECT_EQ(created.at("Policy.PolicyType"), "Custom");
  EXPECT_EQ(created.at("Policy.DefaultVersion"), "v1");

  ASSERT_EQ(call("AttachPolicyToRole", {{"PolicyType", "Custom"}, {"PolicyName", "crr-src"}, {"RoleName", "FarCrr"}}).status, 200);
  ASSERT_EQ(call("AttachPolicyToRole", {{"PolicyType", "System"}, {"PolicyName", "AliyunKMSCryptoUserAccess"}, {"RoleName", "farcrr"}}).status, 200);

  const auto listed = call("ListPoliciesForRole", {{"RoleName", "FarCrr"}});
  EXPECT_EQ(listed.json.find("Policies")->find("Policy")->array().size(), 2u) << listed.text;
  const auto holders = call("ListEntitiesForPolicy", {{"PolicyType", "Custom"}, {"PolicyName", "crr-src"}});
  EXPECT_EQ(holders.at("Roles.Role.0.Arn"), "acs:ram::1000000000000001:role/farcrr");
  EXPECT_EQ(holders.at("Users.User"), "[]");
  EXPECT_EQ(holders.at("Groups.Group"), "[]");
}

TEST_F(Ram, RolesAreReadChangedListedAndDeleted) {
  call("CreateRole", {{"RoleName", "r.One-1"}, {"Description", "first"}, {"AssumeRolePolicyDocument", kTrustsOss}});
  EXPECT_EQ(call("GetRole", {{"RoleName", "R.ONE-1"}}).at("Role.RoleName"), "r.One-1");
  EXPECT_EQ(call("CreateRole", {{"RoleName", "R.one-1"}, {"AssumeRolePolicyDocument", kTrustsOss}}).code(), "EntityAlreadyExists.Role");

  const auto updated = call("UpdateRole", {{"RoleName", "r.One-1"}, {"NewDescription", ""}, {"NewMaxSessionDuration", "7200"}});
  EXPECT_EQ(updated.at("Role.Description"), "");
  EXPECT_EQ(updated.at("Role.MaxSessionDuration"), "7200");
  EXPECT_EQ(updated.at("Role.AssumeRolePolicyDocument"), kTrustsOss);

  const auto listed = call("ListRoles");
  EXPECT_EQ(listed.at("Roles.Role.0.RoleName"), "r.One-1");
  EXPECT_EQ(listed.at("Roles.Role.0.AssumeRolePolicyDocument"), "-");
  EXPECT_EQ(listed.at("Roles.Role.0.Tags.Tag"), "[]");
  EXPECT_EQ(listed.at("IsTruncated"), "false");
  EXPECT_EQ(listed.at("Marker"), "-");

  EXPECT_EQ(call("DeleteRole", {{"RoleName", "r.One-1"}}).status, 200);
  const auto gone = call("GetRole", {{"RoleName", "r.One-1"}});
  EXPECT_EQ(gone.status, 404);
  EXPECT_EQ(gone.code(), "EntityNotExist.Role");
}

TEST_F(Ram, BadRolesAreRefusedWithTheirField) {
  EXPECT_EQ(call("CreateRole", {{"AssumeRolePolicyDocument", kTrustsOss}}).code(), "MissingRoleName");
  EXPECT_EQ(call("CreateRole", {{"RoleName", "r"}, {"AssumeRolePolicyDocument", ""}}).code(), "MissingAssumeRolePolicyDocument");
  EXPECT_EQ(call("CreateRole", {{"RoleName", "r"}, {"AssumeRolePolicyDocument", "{}"}}).code(), "InvalidParameter.AssumeRolePolicyDocument");
  EXPECT_EQ(call("CreateRole", {{"RoleName", "a b"}, {"AssumeRolePolicyDocument", kTrustsOss}}).code(), "InvalidParameter.RoleName.InvalidChars");
  EXPECT_EQ(call("CreateRole", {{"RoleName", std::string(65, 'a')}, {"AssumeRolePolicyDocument", kTrustsOss}}).code(),
            "InvalidParameter.RoleName.Length");
  EXPECT_EQ(call("CreateRole", {{"RoleName", "r"}, {"AssumeRolePolicyDocument", kTrustsOss}, {"MaxSessionDuration", "60"}}).code(),
            "InvalidParameter.MaxSessionDuration");
  EXPECT_EQ(call("CreateRole", {{"RoleName", "r"}, {"AssumeRolePolicyDocument", kTrustsOss}, {"Tag.1.Key", "k"}, {"Tag.1.Value", "v"}}).code(),
            "NotImplemented");
}

TEST_F(Ram, UsersAreCreatedRenamedClearedAndDeleted) {
  const auto made = call("CreateUser", {{"UserName", "alice"}, {"DisplayName", "Alice"}, {"Comments", "c"}});
  ASSERT_EQ(made.status, 200) << made.text;
  const std::string id = made.at("User.UserId");
  EXPECT_EQ(id.size(), 18u);
  const auto renamed = call("UpdateUser", {{"UserName", "alice"}, {"NewUserName", "alison"}, {"NewComments", ""}});
  EXPECT_EQ(renamed.at("User.UserId"), id);
  EXPECT_EQ(renamed.at("User.Comments"), "");
  EXPECT_EQ(renamed.at("User.DisplayName"), "Alice");
  EXPECT_EQ(call("GetUser", {{"UserName", "alice"}}).code(), "EntityNotExist.User");
  EXPECT_EQ(call("ListUsers").at("Users.User.0.UserName"), "alison");
  EXPECT_EQ(call("DeleteUser", {{"UserName", "alison"}}).status, 200);
  EXPECT_EQ(call("ListUsers").at("Users.User"), "[]");
}

TEST_F(Ram, ListingsComeInPages) {
  for (const char* name : {"u1", "u2", "u3"}) call("CreateUser", {{"UserName", name}});
  const auto first = call("ListUsers", {{"MaxItems", "2"}});
  EXPECT_EQ(first.at("IsTruncated"), "true");
  EXPECT_EQ(first.at("Users.User.1.UserName"), "u2");
  const auto second = call("ListUsers", {{"MaxItems", "2"}, {"Marker", first.at("Marker")}});
  EXPECT_EQ(second.at("IsTruncated"), "false");
  EXPECT_EQ(second.at("Users.User.0.UserName"), "u3");
  for (const char* bad : {"0", "1001", "x"}) EXPECT_EQ(call("ListUsers", {{"MaxItems", bad}}).code(), "InvalidParameter.MaxItems") << bad;
}

TEST_F(Ram, AccessKeysShowTheirSecretOnceAndStopWorkingWhenInactive) {
  const RpcKeys keys = user_with("bob", R"({"Version":"1","Statement":[{"Effect":"Allow","Action":"ram:*","Resource":"*"}]})");
  EXPECT_EQ(world.ram(keys, "ListUsers").status, 200);
  const auto own = world.ram(keys, "ListAccessKeys");
  EXPECT_EQ(own.at("AccessKeys.AccessKey.0.AccessKeyId"), keys.access_key);
  EXPECT_EQ(own.text.find("Secret"), std::string::npos);

  EXPECT_EQ(call("UpdateAccessKey", {{"UserName", "bob"}, {"UserAccessKeyId", keys.access_key}, {"Status", "Off"}}).code(), "InvalidParameter.Status");
  EXPECT_EQ(call("UpdateAccessKey", {{"UserName", "bob"}, {"UserAccessKeyId", keys.access_key}, {"Status", "Inactive"}}).status, 200);
  const auto refused = world.ram(keys, "ListUsers");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.code(), "InvalidAccessKeyId.Inactive");

  EXPECT_EQ(call("DeleteUser", {{"UserName", "bob"}}).code(), "DeleteConflict.User.AccessKey");
  EXPECT_EQ(call("DeleteAccessKey", {{"UserName", "bob"}, {"UserAccessKeyId", keys.access_key}}).status, 200);
  EXPECT_EQ(call("DeleteUser", {{"UserName", "bob"}}).code(), "DeleteConflict.User.Policy");
  EXPECT_EQ(world.ram(keys, "ListUsers").code(), "InvalidAccessKeyId.NotFound");
}

TEST_F(Ram, TheRootManagesItsOwnKeysWithoutAUserName) {
  const auto made = call("CreateAccessKey");
  ASSERT_EQ(made.status, 200) << made.text;
  const RpcKeys second{made.at("AccessKey.AccessKeyId"), Secret(made.at("AccessKey.AccessKeySecret")), ""};
  EXPECT_EQ(world.ram(second, "ListAccessKeys").json.find("AccessKeys")->find("AccessKey")->array().size(), 2u);
  EXPECT_EQ(world.ram(second, "DeleteAccessKey", {{"UserAccessKeyId", root.access_key}}).status, 200);
  EXPECT_EQ(call("ListUsers").code(), "InvalidAccessKeyId.NotFound");
}

TEST_F(Ram, PoliciesHaveVersionsThatRotate) {
  policy("p");
  for (int i = 2; i <= 5; ++i) EXPECT_EQ(call("CreatePolicyVersion", {{"PolicyName", "p"}, {"PolicyDocument", kReadsSource}}).status, 200);
  const RpcWorld::Parameters sixth{{"PolicyName", "p"}, {"PolicyDocument", kReadsSource}, {"SetAsDefault", "True"}};
  EXPECT_EQ(call("CreatePolicyVersion", sixth).code(), "LimitExceeded.Policy.Version");
  auto rotating = sixth;
  rotating.emplace_back("RotateStrategy", "DeleteOldestNonDefaultVersionWhenLimitExceeded");
  const auto made = call("CreatePolicyVersion", rotating);
  EXPECT_EQ(made.at("PolicyVersion.VersionId"), "v6") << made.text;
  EXPECT_EQ(made.at("PolicyVersion.IsDefaultVersion"), "true");

  const RpcWorld::Parameters named{{"PolicyType", "Custom"}, {"PolicyName", "p"}};
  const auto got = call("GetPolicy", named);
  EXPECT_EQ(got.at("Policy.DefaultVersion"), "v6");
  EXPECT_EQ(got.at("DefaultPolicyVersion.PolicyDocument"), kReadsSource);
  EXPECT_EQ(call("ListPolicyVersions", named).json.find("PolicyVersions")->find("PolicyVersion")->array().size(), 5u);
  EXPECT_EQ(call("DeletePolicyVersion", {{"PolicyName", "p"}, {"VersionId", "v6"}}).code(), "DeleteConflict.Policy.Version.Default");
  EXPECT_EQ(call("SetDefaultPolicyVersion", {{"PolicyName", "p"}, {"VersionId", "v3"}}).status, 200);
  EXPECT_EQ(call("DeletePolicyVersion", {{"PolicyName", "p"}, {"VersionId", "v6"}}).status, 200);
  EXPECT_EQ(call("GetPolicyVersion", {{"PolicyType", "Custom"}, {"PolicyName", "p"}, {"VersionId", "v6"}}).code(), "EntityNotExist.Policy.Version");
  EXPECT_EQ(call("GetPolicyVersion", {{"PolicyType", "Custom"}, {"PolicyName", "p"}, {"VersionId", "six"}}).code(), "InvalidParameter.VersionId.Format");
  EXPECT_EQ(call("GetPolicyVersion", {{"PolicyType", "Custom"}, {"PolicyName", "p"}, {"VersionId", "v3"}}).at("PolicyVersion.IsDefaultVersion"), "true");
  EXPECT_EQ(call("DeletePolicy", {{"PolicyName", "p"}}).code(), "DeleteConflict.Policy.Version");
}

TEST_F(Ram, CascadingDeletionDetaches) {
  policy("p");
  call("CreateRole", {{"RoleName", "r"}, {"AssumeRolePolicyDocument", kTrustsOss}});
  const RpcWorld::Parameters attachment{{"PolicyType", "Custom"}, {"PolicyName", "p"}, {"RoleName", "r"}};
  EXPECT_EQ(call("AttachPolicyToRole", attachment).status, 200);
  EXPECT_EQ(call("AttachPolicyToRole", attachment).code(), "EntityAlreadyExists.Role.Policy");
  EXPECT_EQ(call("DeleteRole", {{"RoleName", "r"}}).code(), "DeleteConflict.Role.Policy");
  EXPECT_EQ(call("DeletePolicy", {{"PolicyName", "p"}}).code(), "DeleteConflict.Policy.Role");
  EXPECT_EQ(call("DeletePolicy", {{"PolicyName", "p"}, {"CascadingDelete", "true"}}).status, 200);
  EXPECT_EQ(call("DetachPolicyFromRole", attachment).status, 404);
  EXPECT_EQ(call("DeleteRole", {{"RoleName", "r"}}).status, 200);
}

TEST_F(Ram, MalformedPoliciesAndTypesAreRefused) {
  EXPECT_EQ(policy("p", "{}").code(), "MalformedPolicyDocument");
  EXPECT_EQ(policy("p", "not json").code(), "MalformedPolicyDocument");
  EXPECT_EQ(call("GetPolicy", {{"PolicyType", "Mine"}, {"PolicyName", "p"}}).code(), "InvalidParameter.PolicyType");
  EXPECT_EQ(call("GetPolicy", {{"PolicyName", "p"}}).code(), "MissingPolicyType");
  EXPECT_EQ(call("GetPolicy", {{"PolicyType", "Custom"}, {"PolicyName", "p"}}).code(), "EntityNotExist.Policy");
}

TEST_F(Ram, SystemPoliciesAreThereAndCannotBeChanged) {
  const RpcWorld::Parameters named{{"PolicyType", "System"}, {"PolicyName", "AliyunKMSCryptoUserAccess"}};
  EXPECT_EQ(call("GetPolicy", named).at("Policy.PolicyType"), "System");
  EXPECT_EQ(call("DeletePolicy", named).status, 403);
  const auto listed = call("ListPolicies", {{"PolicyType", "System"}});
  EXPECT_GE(listed.json.find("Policies")->find("Policy")->array().size(), 8u);
}

TEST_F(Ram, AUserWithoutRightsIsToldWhy) {
  const RpcKeys nobody = world.user(kUid, "nobody");
  const auto refused = world.ram(nobody, "CreateUser", {{"UserName", "x"}});
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.code(), "NoPermission");
  EXPECT_EQ(refused.at("AccessDeniedDetail.AuthAction"), "ram:CreateUser");
  EXPECT_EQ(refused.at("AccessDeniedDetail.AuthPrincipalType"), "SubUser");
  EXPECT_EQ(refused.at("AccessDeniedDetail.AuthPrincipalOwnerId"), kUid);
  EXPECT_EQ(refused.at("AccessDeniedDetail.NoPermissionType"), "ImplicitDeny");
  EXPECT_EQ(call("GetUser", {{"UserName", "x"}}).status, 404);
}

TEST_F(Ram, ResourcesOfPoliciesAreHonoured) {
  const RpcKeys keys = user_with("ops", R"({"Version":"1","Statement":[{"Effect":"Allow","Action":["ram:GetRole","ram:AttachPolicyToRole"],)"
                                        R"("Resource":["acs:ram:*:1000000000000001:role/app-*","acs:ram:*:system:policy/AliyunOSS*"]}]})");
  for (const char* role : {"app-1", "db-1"}) call("CreateRole", {{"RoleName", role}, {"AssumeRolePolicyDocument", kTrustsOss}});
  policy("custom");
  EXPECT_EQ(world.ram(keys, "GetRole", {{"RoleName", "app-1"}}).status, 200);
  EXPECT_EQ(world.ram(keys, "GetRole", {{"RoleName", "db-1"}}).code(), "NoPermission");
  const auto attach = [&](const char* type, const char* policy_name) {
    return world.ram(keys, "AttachPolicyToRole", {{"PolicyType", type}, {"PolicyName", policy_name}, {"RoleName", "app-1"}}).status;
  };
  EXPECT_EQ(attach("System", "AliyunOSSReadOnlyAccess"), 200);
  EXPECT_EQ(attach("System", "AdministratorAccess"), 403);
  EXPECT_EQ(attach("Custom", "custom"), 403);
}

TEST_F(Ram, AccountsDoNotSeeEachOther) {
  const RpcKeys stranger = world.account("destination", "2000000000000002");
  call("CreateRole", {{"RoleName", "r"}, {"AssumeRolePolicyDocument", kTrustsOss}});
  EXPECT_EQ(world.ram(stranger, "GetRole", {{"RoleName", "r"}}).code(), "EntityNotExist.Role");
  EXPECT_EQ(world.ram(stranger, "ListRoles").at("Roles.Role"), "[]");
}

TEST_F(Ram, UnknownActionsAreNotFoundAndUnbuiltOnesNamed) {
  const auto unknown = call("CreateUnicorn");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(unknown.code(), "InvalidApi.NotFound");
  EXPECT_EQ(call("createrole").code(), "InvalidApi.NotFound");
  const auto unbuilt = call("CreateGroup", {{"GroupName", "g"}});
  EXPECT_EQ(unbuilt.status, 400);
  EXPECT_EQ(unbuilt.code(), "NotImplemented");
  EXPECT_NE(unbuilt.at("Message").find("CreateGroup"), std::string::npos);
}

TEST_F(Ram, TagListsAreFlatAndEmpty) {
  EXPECT_EQ(call("ListTagResources", {{"ResourceType", "role"}, {"ResourceNames", "[\"r\"]"}}).at("TagResources"), "[]");
  EXPECT_EQ(call("ListTagResources", {{"ResourceType", "cat"}}).code(), "InvalidParameter.ResourceType");
}

TEST_F(Ram, EveryAuthenticatedCallIsAudited) {
  const auto made = call("CreateRole", {{"RoleName", "r"}, {"AssumeRolePolicyDocument", kTrustsOss}});
  const auto missing = call("GetRole", {{"RoleName", "nope"}});
  const auto records = sim::run(world.loop, world.audit.recent({}, 2)).value();
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].action, "ram:GetRole");
  EXPECT_EQ(records[0].outcome, "EntityNotExist.Role");
  EXPECT_EQ(records[0].resource, "acs:ram::1000000000000001:role/nope");
  EXPECT_EQ(records[0].request, missing.request_id_header);
  EXPECT_EQ(records[1].action, "ram:CreateRole");
  EXPECT_EQ(records[1].outcome, "ok");
  EXPECT_EQ(records[1].principal, "acs:ram::1000000000000001:root");
  EXPECT_EQ(records[1].request, made.request_id_header);
  EXPECT_EQ(records[1].source_ip, "127.0.0.1");
}

TEST_F(Ram, AnswersInXmlWhenAsked) {
  const auto answer = call("CreateUser", {{"UserName", "x"}, {"Format", "XML"}});
  EXPECT_NE(answer.text.find("<CreateUserResponse><RequestId>"), std::string::npos) << answer.text;
  EXPECT_NE(answer.text.find("<User><UserId>"), std::string::npos);
}

TEST(RamProduct, EveryBuiltRowSaysWhatPermitsItAndOnWhat) {
  std::set<std::string_view> names;
  for (const auto& row : ram::product().actions) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    if (row.handler == nullptr) continue;
    EXPECT_EQ(row.action, "ram:" + std::string(row.name));
    EXPECT_EQ(row.permission, RpcPermission::kPolicies) << row.name;
    EXPECT_NE(row.resources, nullptr) << row.name;
  }
}

TEST_F(Ram, LongNamesAreShortenedInTheAuditTrail) {
  EXPECT_EQ(call("GetRole", {{"RoleName", std::string(5000, 'x')}}).code(), "EntityNotExist.Role");
  const auto records = sim::run(world.loop, world.audit.recent({}, 1)).value();
  EXPECT_LT(records.at(0).resource.size(), 300u);
}

TEST_F(Ram, StorageTroubleIsATemporaryFailureWithoutDetails) {
  world.store.behaviour().unavailable = true;
  const auto answer = call("CreateUser", {{"UserName", "x"}});
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.code(), "ServiceUnavailable");
}

TEST_F(Ram, CallsAreCounted) {
  call("ListUsers");
  call("CreateUnicorn");
  EXPECT_EQ(world.node.metrics.value("farshore_http_requests_total", {{"protocol", "rpc"}, {"operation", "ram:ListUsers"}, {"code", "200"}}), 1);
  EXPECT_EQ(world.node.metrics.value("farshore_http_requests_total", {{"protocol", "rpc"}, {"operation", "unknown"}, {"code", "404"}}), 1);
}

TEST(RamAdmission, BusyServersSayWhenToComeBack) {
  RpcSettings settings;
  settings.admission = {.requests_max = 0, .per_account_max = 0};
  RpcWorld world({ram::product()}, settings);
  const auto answer = world.ram({"k", Secret("s"), ""}, "ListUsers");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.code(), "ServiceUnavailable");
}

}  // namespace
}  // namespace farshore::api
