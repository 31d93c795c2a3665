// SPDX-License-Identifier: Apache-2.0
#include "api/common/rpc_request.h"

#include <gtest/gtest.h>

namespace farshore::api {
namespace {

struct Shape {
  std::string method = "GET", path = "/", query;
  std::vector<std::pair<std::string, std::string>> headers;
};

http::Request head(const Shape& shape) {
  http::Request request;
  request.method = shape.method;
  request.raw_path = shape.path;
  request.raw_query = shape.query;
  for (const auto& [name, value] : shape.headers) request.headers.add(name, value);
  return request;
}

bool is_rpc(const Shape& shape) { return is_rpc_request(head(shape)); }

constexpr const char* kForm = "application/x-www-form-urlencoded";

TEST(IsRpcRequest, HoldsForEveryWayInWhichClientsNameAnAction) {
  EXPECT_TRUE(is_rpc({"POST", "/", "RoleName=x", {{"x-acs-action", "GetRole"}, {"Authorization", "ACS3-HMAC-SHA256 Credential=k"}}}));
  EXPECT_TRUE(is_rpc({"GET", "/", "Action=GetRole&Signature=s", {}}));
  EXPECT_TRUE(is_rpc({"GET", "/", "Format=JSON&Action=GetRole", {}}));
  EXPECT_TRUE(is_rpc({"POST", "/", "", {{"Content-Type", kForm}}}));
}

TEST(IsRpcRequest, LeavesObjectCallsAlone) {
  EXPECT_FALSE(is_rpc({"GET", "/", "", {{"Authorization", "OSS k:s"}}}));
  EXPECT_FALSE(is_rpc({"GET", "/", "acl", {{"Authorization", "OSS4-HMAC-SHA256 Credential=k"}}}));
  EXPECT_FALSE(is_rpc({"GET", "/", "max-keys=1&prefix=Action=", {}}));
  EXPECT_FALSE(is_rpc({"GET", "/bucket/", "Action=GetRole", {}}));
  EXPECT_FALSE(is_rpc({"POST", "/", "delete", {{"Authorization", "OSS k:s"}, {"Content-Type", kForm}}}));
  EXPECT_FALSE(is_rpc({"POST", "/", "", {{"Content-Type", "multipart/form-data; boundary=x"}}}));
}

TEST(RpcRequest, TakesTheActionFromParametersBeforeHeaders) {
  const Shape shape{"POST", "/", "Action=GetRole&Version=2015-05-01",
                    {{"x-acs-action", "GetUser"}, {"x-acs-version", "2015-04-01"}, {"Authorization", "ACS3-HMAC-SHA256 x"}}};
  const auto request = read_rpc_request(head(shape), "").value();
  EXPECT_EQ(request.action, "GetRole");
  EXPECT_EQ(request.version, "2015-05-01");
  EXPECT_EQ(request.signing, RpcSigning::kAcs3);
}

TEST(RpcRequest, IgnoresHeadersThatAV1SignatureDoesNotCover) {
  const auto request = read_rpc_request(head({"GET", "/", "Signature=s", {{"x-acs-action", "DeleteRole"}, {"x-acs-version", "2015-05-01"}}}), "").value();
  EXPECT_EQ(request.signing, RpcSigning::kV1);
  EXPECT_EQ(request.action, "");
  EXPECT_EQ(request.version, "");
}

TEST(RpcRequest, ReadsABodyOnlyIfItIsAForm) {
  EXPECT_EQ(read_rpc_request(head({"POST", "/", "", {{"content-type", "Application/X-WWW-Form-Urlencoded; charset=utf-8"}}}), "Action=A").value().action, "A");
  EXPECT_EQ(read_rpc_request(head({"POST", "/", "", {{"content-type", "application/json"}}}), "Action=A").value().action, "");
}

TEST(RpcFormat, IsSaidByFormatThenByAccept) {
  const auto format = [](std::string_view query, std::string_view accept) {
    http::Headers headers;
    if (!accept.empty()) headers.add("Accept", accept);
    return rpc_format(RpcParameters::parse(query).value(), headers);
  };
  EXPECT_EQ(format("", ""), RpcFormat::kJson);
  EXPECT_EQ(format("Format=xml", "application/json"), RpcFormat::kXml);
  EXPECT_EQ(format("Format=json", "text/xml"), RpcFormat::kJson);
  EXPECT_EQ(format("", "text/xml"), RpcFormat::kXml);
  EXPECT_EQ(format("", "*/*"), RpcFormat::kJson);
}

}  // namespace
}  // namespace farshore::api
