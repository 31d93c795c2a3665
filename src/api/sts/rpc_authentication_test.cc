// SPDX-License-Identifier: Apache-2.0
// The checks before a call reaches its action, in their order, over both signatures.
#include <gtest/gtest.h>

#include "api/common/rpc_signature.h"
#include "api/common/rpc_world_test.h"
#include "api/sts/sts_product.h"
#include "codec/date.h"
#include "codec/url.h"

namespace farshore::api {
namespace {

class RpcChecks : public testing::Test {
 protected:
  RpcWorld::Parameters v1_parameters() {
    return {{"Action", "GetCallerIdentity"},
            {"Version", "2015-04-01"},
            {"Format", "json"},
            {"AccessKeyId", root.access_key},
            {"SignatureMethod", "HMAC-SHA1"},
            {"SignatureVersion", "1.0"},
            {"SignatureNonce", "v1-" + std::to_string(++count_)},
            {"SignatureType", ""},
            {"Timestamp", codec::format_iso_seconds(world.node.clock.now().millis())}};
  }
  /// Signs as V1 clients do. The last `in_form` parameters go into a form body.
  http::Request v1(RpcWorld::Parameters parameters, std::string method = "GET", std::size_t in_form = 0) {
    codec::Query all, query, form;
    for (const auto& [name, value] : parameters) all.add(name, value);
    const std::string signature = v1_signature(root.secret, v1_string_to_sign(method, all.items()));
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      (i + in_form < parameters.size() ? query : form).add(parameters[i].first, parameters[i].second);
    }
    (in_form == parameters.size() ? form : query).add("Signature", signature);
    http::ClientRequest request;
    request.method = method;
    request.target = query.empty() ? "/" : "/?" + query.text();
    request.headers.add("Host", "127.0.0.1:9020");
    if (method == "POST") request.headers.add("Content-Type", "application/x-www-form-urlencoded");
    request.bytes = Buffer(form.text());
    return RpcWorld::as_received(std::move(request));
  }
  RpcAnswer without(std::string_view name) {
    auto parameters = v1_parameters();
    std::erase_if(parameters, [&](const auto& pair) { return pair.first == name; });
    return world.send(v1(parameters));
  }
  RpcAnswer with(std::string_view name, std::string value) {
    auto parameters = v1_parameters();
    for (auto& pair : parameters) {
      if (pair.first == name) pair.second = value;
    }
    return world.send(v1(parameters));
  }
  http::Request v3() { return RpcWorld::as_received(world.signed_call(root, "2015-04-01", "GetCallerIdentity", {{"X", "a b"}})); }
  std::string code_after(void (*change)(http::Request&)) {
    http::Request request = v3();
    change(request);
    return world.send(std::move(request)).code();
  }

  RpcWorld world{{sts::product()}};
  RpcKeys root = world.account("source", "1000000000000001");
  int count_ = 0;
};

TEST_F(RpcChecks, V1WorksFromQueryFormAndBoth) {
  EXPECT_EQ(world.send(v1(v1_parameters())).status, 200);
  EXPECT_EQ(world.send(v1(v1_parameters(), "POST")).status, 200);
  EXPECT_EQ(world.send(v1(v1_parameters(), "POST", 3)).status, 200);
  EXPECT_EQ(world.send(v1(v1_parameters(), "POST", 9)).status, 200);
}

TEST_F(RpcChecks, V3WorksFromQueryAndForm) {
  EXPECT_EQ(world.send(v3()).status, 200);
  EXPECT_EQ(world.send(world.signed_call(root, "2015-04-01", "GetCallerIdentity", {{"X", "a+b /c"}}, true)).status, 200);
}

TEST_F(RpcChecks, V3WorksWithTheHeadersAPythonClientSigns) {
  http::Request request = v3();
  request.headers.add("User-Agent", "AlibabaCloud (Linux; x86_64) Python/3.11 TeaDSL/2");
  const auto old = parse_acs3_authorization(request.headers.get("authorization")).value();
  const std::string listed = "accept;user-agent;" + std::string(old.signed_headers_text);
  const std::string text = "ACS3-HMAC-SHA256 Credential=" + root.access_key + ", SignedHeaders=" + listed + ", Signature=";
  const std::string sample = text + "x";
  const auto fresh = parse_acs3_authorization(sample).value();
  const auto parameters = RpcParameters::parse(request.raw_query).value();
  const std::string canonical = acs3_canonical_request({"POST", parameters.query(), request.headers, fresh.signed_headers, listed,
                                                        request.headers.get("x-acs-content-sha256")});
  request.headers.set("authorization", text + acs3_signature(root.secret, canonical));
  EXPECT_EQ(world.send(std::move(request)).status, 200);
}

TEST_F(RpcChecks, OtherMethodsAreRefusedFirst) {
  http::Request request = v1({{"Action", "Nonsense"}}, "PUT");
  EXPECT_EQ(world.send(std::move(request)).code(), "UnsupportedHTTPMethod");
}

TEST_F(RpcChecks, UnknownActionsComeBeforeMissingSignatures) {
  EXPECT_EQ(world.send(v1({{"Action", "Nonsense"}, {"Version", "2015-04-01"}})).code(), "InvalidApi.NotFound");
  EXPECT_EQ(world.send(v1({{"Action", "GetCallerIdentity"}, {"Version", "2014-01-01"}})).code(), "InvalidApi.NotFound");
  EXPECT_EQ(world.send(v1({{"Action", "GetCallerIdentity"}})).code(), "MissingVersion");
}

TEST_F(RpcChecks, EachMissingCommonParameterIsNamed) {
  EXPECT_EQ(without("AccessKeyId").code(), "MissingAccessKeyId");
  EXPECT_EQ(without("Timestamp").code(), "MissingTimestamp");
  EXPECT_EQ(without("SignatureNonce").code(), "MissingSignatureNonce");
  EXPECT_EQ(without("SignatureMethod").code(), "MissingSignatureMethod");
  EXPECT_EQ(without("SignatureVersion").code(), "MissingSignatureVersion");
  EXPECT_EQ(world.send(RpcWorld::as_received({"GET", "/?Action=GetCallerIdentity&Version=2015-04-01", {}, {}, {}})).code(), "MissingAccessKeyId");
  EXPECT_EQ(world.send(RpcWorld::as_received({"GET", "/?Action=GetCallerIdentity&Version=2015-04-01&AccessKeyId=x", {}, {}, {}})).code(),
            "MissingSignature");
}

TEST_F(RpcChecks, OtherAlgorithmsAreRefused) {
  EXPECT_EQ(with("SignatureMethod", "HMAC-SHA256").code(), "InvalidSignatureMethod");
  EXPECT_EQ(with("SignatureVersion", "2.0").code(), "InvalidParameter");
  EXPECT_EQ(code_after([](http::Request& r) { r.headers.set("authorization", "ACS3-HMAC-SM3 Credential=a,SignedHeaders=b,Signature=c"); }),
            "InvalidSignatureMethod");
  EXPECT_EQ(code_after([](http::Request& r) { r.headers.set("authorization", "ACS4-HMAC-SHA256 Credential=a"); }), "InvalidSignatureMethod");
}

TEST_F(RpcChecks, TimestampsAreStrictAndFresh) {
  for (const char* bad : {"now", "2026-03-04 05:06:07", "2026-03-04T05:06:07+08:00", "2026-13-04T05:06:07Z", "2026-03-04T05:06:07.5Z"}) {
    EXPECT_EQ(with("Timestamp", bad).code(), "InvalidTimeStamp.Format") << bad;
  }
  const std::int64_t now = world.node.clock.now().millis();
  EXPECT_EQ(with("Timestamp", codec::format_iso_seconds(now - 16 * 60 * 1000)).code(), "InvalidTimeStamp.Expired");
  EXPECT_EQ(with("Timestamp", codec::format_iso_seconds(now + 16 * 60 * 1000)).code(), "InvalidTimeStamp.Expired");
  EXPECT_EQ(with("Timestamp", codec::format_iso_seconds(now + 14 * 60 * 1000)).status, 200);
}

TEST_F(RpcChecks, UnknownKeysAreNotFound) {
  const auto answer = with("AccessKeyId", "LTAI5tNobody");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.code(), "InvalidAccessKeyId.NotFound");
}

TEST_F(RpcChecks, AV1MismatchEndsWithTheServersString) {
  http::Request request = v1(v1_parameters());
  request.raw_query += "&Extra=1";
  const auto answer = world.send(std::move(request));
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.code(), "SignatureDoesNotMatch");
  EXPECT_TRUE(answer.at("Message").starts_with("Specified signature is not matched with our calculation. server string to sign is:GET&%2F&AccessKeyId"))
      << answer.text;
  EXPECT_TRUE(answer.at("Message").ends_with("Version%3D2015-04-01"));
}

TEST_F(RpcChecks, AChangedV3RequestDoesNotMatch) {
  EXPECT_EQ(code_after([](http::Request& r) { r.raw_query += "&Extra=1"; }), "SignatureDoesNotMatch");
  EXPECT_EQ(code_after([](http::Request& r) { r.headers.set("x-acs-action", "AssumeRole"); }), "SignatureDoesNotMatch");
  EXPECT_EQ(code_after([](http::Request& r) { r.headers.set("host", "elsewhere:1"); }), "SignatureDoesNotMatch");
  EXPECT_EQ(code_after([](http::Request& r) { r.method = "GET"; }), "SignatureDoesNotMatch");
  EXPECT_EQ(code_after([](http::Request& r) { r.body = memory_body("more"); }), "SignatureDoesNotMatch");
}

TEST_F(RpcChecks, WhatDecidesACallMustBeSigned) {
  EXPECT_EQ(code_after([](http::Request& r) { r.headers.set("authorization", "ACS3-HMAC-SHA256 Credential=a"); }), "IncompleteSignature");
  EXPECT_EQ(code_after([](http::Request& r) {
              const auto old = parse_acs3_authorization(r.headers.get("authorization")).value();
              r.headers.set("authorization", "ACS3-HMAC-SHA256 Credential=" + std::string(old.access_key) + ",SignedHeaders=host,Signature=00");
            }),
            "IncompleteSignature");
  EXPECT_EQ(code_after([](http::Request& r) { r.headers.add("x-acs-action", "AssumeRole"); }), "InvalidParameter");
  EXPECT_EQ(code_after([](http::Request& r) { r.headers.add("x-acs-security-token", "CAISx"); }), "InvalidSecurityToken.Malformed");
}

TEST_F(RpcChecks, ARequestWorksOnce) {
  auto parameters = v1_parameters();
  EXPECT_EQ(world.send(v1(parameters)).status, 200);
  const auto again = world.send(v1(parameters));
  EXPECT_EQ(again.status, 400);
  EXPECT_EQ(again.code(), "SignatureNonceUsed");
}

TEST_F(RpcChecks, AForgedRequestDoesNotSpendTheNonce) {
  auto parameters = v1_parameters();
  http::Request forged = v1(parameters);
  forged.raw_query += "&Extra=1";
  EXPECT_EQ(world.send(std::move(forged)).code(), "SignatureDoesNotMatch");
  EXPECT_EQ(world.send(v1(parameters)).status, 200);
}

TEST_F(RpcChecks, TokensAreNotRepeatedInFull) {
  const auto session = world.sessions.sign_in(identity::Principal(identity::Root{AccountUid("1000000000000001")}), 3600).value();
  const std::string token = session.token;
  for (const bool v1_style : {false, true}) {
    http::Request request = v3();
    if (v1_style) {
      auto parameters = v1_parameters();
      parameters[3].second = session.access_key.get();
      parameters.emplace_back("SecurityToken", token);
      request = v1(parameters);
    } else {
      request = RpcWorld::as_received(world.signed_call({session.access_key.get(), Secret("wrong"), token}, "2015-04-01", "GetCallerIdentity", {}));
    }
    const auto answer = world.send(std::move(request));
    EXPECT_EQ(answer.code(), "SignatureDoesNotMatch");
    EXPECT_EQ(answer.text.find(token.substr(0, 20)), std::string::npos) << answer.text;
  }
}

TEST_F(RpcChecks, DuplicatesAndFloodsAreRefused) {
  http::Request request = v1(v1_parameters());
  request.raw_query += "&Action=AssumeRole";
  EXPECT_EQ(world.send(std::move(request)).code(), "InvalidParameter");
  http::Request large = v1(v1_parameters(), "POST", 1);
  large.body = memory_body(Bytes(kRpcBodyBytesMax + 1, 'a'));
  EXPECT_EQ(world.send(std::move(large)).code(), "InvalidParameter");
}

}  // namespace
}  // namespace farshore::api
