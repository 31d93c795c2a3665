// SPDX-License-Identifier: Apache-2.0
// The published and recorded signature vectors.
#include "api/common/rpc_signature.h"

#include <gtest/gtest.h>

#include "api/common/rpc_parameters.h"
#include "api/common/rpc_sign.h"
#include "codec/text.h"
#include "crypto/digest.h"

namespace farshore::api {
namespace {

// Made with npm's own signing code: secret, date and keys of these vectors belong to nobody.
const Secret kVectorSecret("farshoreVectorSecret0000000001");
constexpr WallTime kVectorTime{1772600767000000};  // 2026-03-04T05:06:07Z

std::string sha256_hex(std::string_view text) { return codec::hex_encode(crypto::bytes_of(crypto::sha256(text))); }

std::string v1_of(std::string_view method, std::string_view query, const Secret& secret, std::string_view form = {}) {
  const auto parameters = RpcParameters::parse(query, form);
  return v1_signature(secret, v1_string_to_sign(method, parameters.value().all()));
}

TEST(RpcSignatureV1, MatchesTheRecordedGet) {
  const auto parameters = RpcParameters::parse(
      "Version=2015-05-01&Action=GetRole&Format=JSON&AccessKeyId=LTAI5tFarshoreVector0001&SignatureNonce=farshore-nonce-0001"
      "&SignatureMethod=HMAC-SHA1&SignatureVersion=1.0&Timestamp=2026-03-04T05%3A06%3A07Z&RoleName=far.Role-1&Signature=ignored");
  const std::string text = v1_string_to_sign("GET", parameters.value().all());
  EXPECT_EQ(text,
            "GET&%2F&AccessKeyId%3DLTAI5tFarshoreVector0001%26Action%3DGetRole%26Format%3DJSON%26RoleName%3Dfar.Role-1%26SignatureMethod%3D"
            "HMAC-SHA1%26SignatureNonce%3Dfarshore-nonce-0001%26SignatureVersion%3D1.0%26Timestamp%3D2026-03-04T05%253A06%253A07Z%26Version%3D"
            "2015-05-01");
  EXPECT_EQ(v1_signature(kVectorSecret, text), "uSAWWLCMyvNmaSCvXplxzKlenhQ=");
}

TEST(RpcSignatureV1, CoversQueryAndFormWithAwkwardCharactersAndEmptyValues) {
  EXPECT_EQ(v1_of("POST",
                  "Action=CreatePolicy&Version=2015-05-01&Format=JSON&AccessKeyId=STS.FarshoreVectorTemp0000001&SignatureType="
                  "&SecurityToken=CAISfarshore%2Ftoken%2Bvalue%3D%3D&SignatureNonce=farshore-nonce-0002&SignatureMethod=HMAC-SHA1"
                  "&SignatureVersion=1.0&Timestamp=2026-03-04T05%3A06%3A07Z",
                  kVectorSecret,
                  "PolicyName=crr-src&Description=a+b*c~d%27e(f)!%C3%A9&PolicyDocument=%7B%22Version%22%3A%221%22%2C%22Statement%22%3A%5B%7B"
                  "%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%5B%22oss%3AReplicateGet%22%5D%2C%22Resource%22%3A%5B%22acs%3Aoss%3A*%3A*%3A"
                  "src-bucket%2F*%22%5D%7D%5D%7D"),
            "NnCTPnxOHVgQih/jC3ur1RaQDjc=");
}

TEST(RpcSignatureV1, MatchesThePublishedCreateUser) {
  EXPECT_EQ(v1_of("GET",
                  "UserName=test&SignatureVersion=1.0&Format=JSON&Timestamp=2015-08-18T03%3A15%3A45Z&AccessKeyId=testid"
                  "&SignatureMethod=HMAC-SHA1&Version=2015-05-01&Action=CreateUser&SignatureNonce=6a6e0ca6-4557-11e5-86a2-b8e8563dc8d2",
                  Secret("testsecret")),
            "kRA2cnpJVacIhDMzXnoNZG9tDCI=");
}

TEST(RpcSignatureV1, MatchesThePublishedAssumeRole) {
  EXPECT_EQ(v1_of("GET",
                  "SignatureVersion=1.0&Format=JSON&Timestamp=2015-09-01T05%3A57%3A34Z&RoleArn=acs%3Aram%3A%3A1234567890123%3Arole%2F"
                  "firstrole&RoleSessionName=client&AccessKeyId=testid&SignatureMethod=HMAC-SHA1&Version=2015-04-01&Action=AssumeRole"
                  "&SignatureNonce=571f8fb8-506e-11e5-8e12-b8e8563dc8d2",
                  Secret("testsecret")),
            "gNI7b0AyKZHxDgjBGPDgJ1Ce3L4=");
}

// Checks a signed request of ours against the recorded signature and gives its canonical form.
std::string canonical_of(const http::ClientRequest& request, std::string_view body, std::string_view signature) {
  const auto authorization = parse_acs3_authorization(request.headers.get("authorization"));
  EXPECT_TRUE(authorization.has_value());
  EXPECT_EQ(authorization->signature, signature);
  const std::string target = request.target.substr(std::min<std::size_t>(2, request.target.size()));
  const auto parameters = RpcParameters::parse(target);
  return acs3_canonical_request({request.method, parameters.value().query(), request.headers, authorization->signed_headers,
                                 authorization->signed_headers_text, sha256_hex(body)});
}

TEST(RpcSignatureV3, MatchesTheRecordedQueryCall) {
  const auto request = sign_rpc({"127.0.0.1:9020", "2015-05-01", "CreateRole",
                                 {{"Description", "a b*c~d"}, {"MaxSessionDuration", "3600"}, {"RoleName", "FarRole"}}},
                                {"LTAI5tFarshoreVector0001", kVectorSecret, ""}, kVectorTime, "farshore-nonce-0003");
  const std::string canonical = canonical_of(request, "", "d176a3b9cf5b4ef65905f68b5fb5a2641f50964048f6f2d878ddd13d60b39d2b");
  EXPECT_EQ(sha256_hex(canonical), "5a9ee7e6f71441c053aaf70a162ba652aec1af0bab607c7623f28d08fbd599f6");
}

TEST(RpcSignatureV3, MatchesTheRecordedFormCallWithAToken) {
  const auto request = sign_rpc({"sts.farshore.example", "2015-04-01", "AssumeRole",
                                 {{"DurationSeconds", "900"}, {"RoleArn", "acs:ram::1000000000000001:role/farrole"}, {"RoleSessionName", "crr"}},
                                 true},
                                {"STS.FarshoreVectorTemp0000001", kVectorSecret, "CAISfarshore/token+value=="}, kVectorTime,
                                "farshore-nonce-0004");
  EXPECT_EQ(request.bytes.view(), "DurationSeconds=900&RoleArn=acs%3Aram%3A%3A1000000000000001%3Arole%2Ffarrole&RoleSessionName=crr");
  const std::string canonical =
      canonical_of(request, request.bytes.view(), "d6828a25ebc6fa101d3bf33e15347b5c65fbb73eab034031ceb3876b2265fac6");
  EXPECT_EQ(sha256_hex(canonical), "cfa63efdff60a300965b59ae0d0b7f707533ed95f958a8fd0c5434a8a3267c20");
}

TEST(RpcSignatureV3, SortsAndJoinsRepeatedHeadersAndKeepsValuesUntouched) {
  http::Headers headers;
  headers.add("X-Acs-B", "two");
  headers.add("x-acs-b", "One, of  many");
  headers.add("User-Agent", "A/1.0  (x; y)");
  const std::vector<std::string_view> names{"user-agent", "x-acs-b"};
  EXPECT_EQ(acs3_canonical_request({"POST", {}, headers, names, "user-agent;x-acs-b", "digest"}),
            "POST\n/\n\nuser-agent:A/1.0  (x; y)\nx-acs-b:One, of  many,two\n\nuser-agent;x-acs-b\ndigest");
}

TEST(Acs3Authorization, IsReadWithAndWithoutBlanks) {
  for (const char* text : {"ACS3-HMAC-SHA256 Credential=k,SignedHeaders=a;b,Signature=s", "ACS3-HMAC-SHA256  Credential=k, SignedHeaders=a;b, Signature=s"}) {
    const auto read = parse_acs3_authorization(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(read->access_key, "k");
    EXPECT_EQ(read->signed_headers, (std::vector<std::string_view>{"a", "b"}));
    EXPECT_EQ(read->signature, "s");
  }
}

TEST(Acs3Authorization, IsRefusedWhenAPartIsMissingEmptyRepeatedOrStrange) {
  for (const char* text : {"", "ACS3-HMAC-SHA256", "ACS3-HMAC-SHA256 ", "ACS3-HMAC-SHA256Credential=k,SignedHeaders=a,Signature=s",
                           "ACS3-HMAC-SHA256 Credential=k,SignedHeaders=a", "ACS3-HMAC-SHA256 Credential=,SignedHeaders=a,Signature=s",
                           "ACS3-HMAC-SHA256 Credential=k,Credential=l,SignedHeaders=a,Signature=s",
                           "ACS3-HMAC-SHA256 Credential=k,SignedHeaders=a,Signature=s,More=1", "OSS k:s"}) {
    EXPECT_FALSE(parse_acs3_authorization(text)) << text;
  }
}

}  // namespace
}  // namespace farshore::api
