// SPDX-License-Identifier: Apache-2.0
#include "api/common/rpc_response.h"

#include <gtest/gtest.h>

#include <regex>
#include <span>

#include "codec/json.h"

namespace farshore::api {
namespace {

const RpcEnvelope kJson{RpcFormat::kJson, "ID-1", "ram.example", "ListRoles"};
const RpcEnvelope kXml{RpcFormat::kXml, "ID-1", "ram.example", "ListRoles"};

class CountingRandom : public Random {
 public:
  void fill(std::span<char> into) override {
    for (char& byte : into) byte = static_cast<char>(next_ += 37);
  }

 private:
  unsigned char next_ = 0;
};

RpcTree two_roles() {
  return RpcTree().flag("IsTruncated", false).list("Roles", "Role", {RpcTree().text("RoleName", "a<b").number("Max", 3600), RpcTree().text("RoleName", "c")});
}

TEST(RpcResponse, WrapsListsTwiceInJson) {
  const auto response = rpc_success(kJson, two_roles());
  EXPECT_EQ(response.status(), 200);
  EXPECT_EQ(response.headers().get("content-type"), "application/json;charset=utf-8");
  EXPECT_EQ(response.headers().get("x-acs-request-id"), "ID-1");
  EXPECT_EQ(response.bytes().view(),
            R"({"RequestId":"ID-1","IsTruncated":false,"Roles":{"Role":[{"RoleName":"a<b","Max":3600},{"RoleName":"c"}]}})");
}

TEST(RpcResponse, RepeatsElementsInXml) {
  const auto response = rpc_success(kXml, two_roles());
  EXPECT_EQ(response.headers().get("content-type"), "text/xml;charset=utf-8");
  EXPECT_EQ(response.bytes().view(),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListRolesResponse><RequestId>ID-1</RequestId><IsTruncated>false</IsTruncated><Roles>"
            "<Role><RoleName>a&lt;b</RoleName><Max>3600</Max></Role><Role><RoleName>c</RoleName></Role></Roles></ListRolesResponse>");
}

TEST(RpcResponse, AlwaysWritesEmptyLists) {
  EXPECT_EQ(rpc_success(kJson, RpcTree().list("Users", "User", {}).flat_list("TagResources", {})).bytes().view(),
            R"({"RequestId":"ID-1","Users":{"User":[]},"TagResources":[]})");
}

TEST(RpcResponse, ErrorsCarryTextInEveryMember) {
  const auto fault = rpc_fault(Error(ErrorCode::kEntityNotExist, "The role does not exist: x.").with("Entity", "Role"));
  const auto response = rpc_refusal(kJson, fault);
  EXPECT_EQ(response.status(), 404);
  const auto body = codec::parse_json(response.bytes().view()).value();
  for (const char* name : {"Code", "Message", "RequestId", "HostId", "Recommend"}) EXPECT_TRUE(body.find_string(name)) << name;
  EXPECT_EQ(body.find_string("Code"), "EntityNotExist.Role");
  EXPECT_EQ(body.find("AccessDeniedDetail"), nullptr);
  EXPECT_TRUE(rpc_refusal(kXml, fault).bytes().view().find("<Error><RequestId>") != std::string_view::npos);
}

TEST(RpcResponse, DenialsExplainThemselves) {
  const auto error = Error(ErrorCode::kAccessDenied, "no").with("AuthAction", "ram:GetRole").with("NoPermissionType", "ImplicitDeny");
  const auto response = rpc_refusal(kJson, rpc_fault(error));
  EXPECT_EQ(response.status(), 403);
  const auto body = codec::parse_json(response.bytes().view()).value();
  EXPECT_EQ(body.find_string("Code"), "NoPermission");
  ASSERT_NE(body.find("AccessDeniedDetail"), nullptr);
  EXPECT_EQ(body.find("AccessDeniedDetail")->find_string("AuthAction"), "ram:GetRole");
}

TEST(RpcResponse, RequestIdsAreUpperCaseUuids) {
  CountingRandom random;
  const std::string first = make_rpc_request_id(random);
  EXPECT_TRUE(std::regex_match(first, std::regex("[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}"))) << first;
  EXPECT_NE(first, make_rpc_request_id(random));
}

TEST(RpcFault, PutsTogetherTheParameterAndWhatIsWrongWithIt) {
  const auto error = Error(ErrorCode::kInvalidParameter, "m").with("Field", "RoleName").with("Reason", "InvalidChars");
  EXPECT_EQ(rpc_fault(error).code, "InvalidParameter.RoleName.InvalidChars");
  EXPECT_EQ(rpc_fault(Error(ErrorCode::kInvalidParameter, "m").with("Field", "PolicyType")).code, "InvalidParameter.PolicyType");
  EXPECT_EQ(rpc_fault(Error(ErrorCode::kInvalidParameter, "m")).code, "InvalidParameter");
}

TEST(RpcFault, KeepsInnerCausesOffTheWire) {
  const auto fault = rpc_fault(Error(ErrorCode::kCorrupt, "row 17 of /var/lib is broken"));
  EXPECT_EQ(fault.status, 500);
  EXPECT_EQ(fault.code, "InternalError");
  EXPECT_EQ(fault.message.find("row 17"), std::string::npos);
  EXPECT_NE(fault.logged.find("row 17"), std::string::npos);
}

TEST(RpcFault, AHomeThatIsAwayIsSaidInItsOwnWords) {
  const auto fault = rpc_fault(Error(ErrorCode::kHomeUnavailable, "the home is away").caused_by(Error(ErrorCode::kUnreachable, "10.0.0.1")));
  EXPECT_EQ(fault.status, 503);
  EXPECT_EQ(fault.code, "ServiceUnavailable");
  EXPECT_EQ(fault.message, "the home is away");
}

TEST(RpcFault, EveryCodeHasAStatusAndAWord) {
#define X(name)                                                             \
  {                                                                         \
    const auto fault = rpc_fault(Error(ErrorCode::k##name, "m"));           \
    EXPECT_TRUE(fault.status >= 400 && fault.status < 600) << #name;        \
    EXPECT_FALSE(fault.code.empty()) << #name;                              \
  }
  FS_ERROR_CODES(X)
#undef X
}

}  // namespace
}  // namespace farshore::api
