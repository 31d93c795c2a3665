// SPDX-License-Identifier: Apache-2.0
#include "identity/policy_parser.h"

#include <gtest/gtest.h>

namespace farshore::identity {
namespace {

const BucketName kBucket("dst-bucket");
const AccountUid kOwner("2000000000000002");

std::string one(std::string_view statement) { return R"({"Version":"1","Statement":[)" + std::string(statement) + "]}"; }

template <class Parsed>
std::string element(const Parsed& parsed) {
  return parsed ? "accepted" : std::string(parsed.error().detail("Element"));
}

TEST(IdentityPolicy, ScalarsAndListsAreTheSame) {
  const auto scalar = parse_identity_policy(one(R"({"Effect":"Allow","Action":"oss:GetObject","Resource":"acs:oss:*:*:b/*"})"));
  const auto list = parse_identity_policy(one(R"({"Effect":"Allow","Action":["oss:GetObject"],"Resource":["acs:oss:*:*:b/*"]})"));
  ASSERT_TRUE(scalar) << scalar.error().text();
  ASSERT_TRUE(list);
  EXPECT_EQ((*scalar)->statements[0].actions, (*list)->statements[0].actions);
  EXPECT_EQ((*scalar)->statements[0].resources, (*list)->statements[0].resources);
}

TEST(IdentityPolicy, ASingleStatementObjectIsAccepted) {
  EXPECT_TRUE(parse_identity_policy(R"({"Version":"1","Statement":{"Effect":"Deny","NotAction":"oss:Get*","Resource":"*"}})"));
}

TEST(IdentityPolicy, ErrorsNameTheElement) {
  EXPECT_EQ(element(parse_identity_policy(R"({"Version":"1","":1})")), "\"\"");
  EXPECT_EQ(element(parse_identity_policy("")), "document");
  EXPECT_EQ(element(parse_identity_policy("[]")), "document");
  EXPECT_EQ(element(parse_identity_policy(R"({"Version":"1","Statement":[],})")), "document");
  EXPECT_EQ(element(parse_identity_policy(R"({"Version":"2012-10-17","Statement":[]})")), "Version");
  EXPECT_EQ(element(parse_identity_policy(R"({"Statement":[]})")), "Version");
  EXPECT_EQ(element(parse_identity_policy(R"({"Version":"1"})")), "Statement");
  EXPECT_EQ(element(parse_identity_policy(R"({"Version":"1","Statement":[]})")), "Statement");
  EXPECT_EQ(element(parse_identity_policy(R"({"Version":"1","Id":"x","Statement":[]})")), "Id");
  EXPECT_EQ(element(parse_identity_policy(one(R"({"Action":"*","Resource":"*"})"))), "Statement[0].Effect");
  EXPECT_EQ(element(parse_identity_policy(one(R"({"Effect":"allow","Action":"*","Resource":"*"})"))), "Statement[0].Effect");
  EXPECT_EQ(element(parse_identity_policy(one(R"({"Effect":"Allow","Resource":"*"})"))), "Statement[0].Action");
  EXPECT_EQ(element(parse_identity_policy(one(R"({"Effect":"Allow","Action":"GetObject","Resource":"*"})"))), "Statement[0].Action");
  EXPECT_EQ(element(parse_identity_policy(one(R"({"Effect":"Allow","Action":"*","NotAction":"*","Resource":"*"})"))),
            "Statement[0].NotAction");
  EXPECT_EQ(element(parse_identity_policy(one(R"({"Effect":"Allow","Action":"*"})"))), "Statement[0].Resource");
  EXPECT_EQ(element(parse_identity_policy(one(R"({"Effect":"Allow","Action":"*","Resource":[]})"))), "Statement[0].Resource");
  EXPECT_EQ(element(parse_identity_policy(one(R"({"Effect":"Allow","Action":"*","NotResource":"*"})"))), "Statement[0].NotResource");
  EXPECT_EQ(element(parse_identity_policy(one(R"({"Effect":"Allow","Action":"*","Resource":"*","Principal":["*"]})"))),
            "Statement[0].Principal");
  EXPECT_EQ(element(parse_identity_policy(one(R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Like":{"a":"b"}}})"))),
            "Statement[0].Condition.Like");
  EXPECT_EQ(element(parse_identity_policy(
                one(R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"acs:SourceIp":"x"}}})"))),
            "Statement[0].Condition.IpAddress.acs:SourceIp");
  const auto error = parse_identity_policy("nonsense").error();
  EXPECT_EQ(error.code(), ErrorCode::kMalformedPolicyDocument);
  EXPECT_FALSE(error.detail("Remedy").empty());
}

TEST(IdentityPolicy, ConditionsTakeNumbersAndBooleansByTheirSpelling) {
  const auto policy = parse_identity_policy(one(
      R"({"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"acs:SecureTransport":true},"NumericLessThan":{"x":10},"DateLessThan":{"acs:CurrentTime":"2026-08-12T17:00:00+08:00"}}})"));
  ASSERT_TRUE(policy) << policy.error().text();
  EXPECT_EQ((*policy)->statements[0].conditions.size(), 3u);
  EXPECT_EQ((*policy)->statements[0].conditions[2].values[0].millis, 1786525200000);
}

TEST(IdentityPolicy, HasAtMost6144Characters) {
  const std::string frame = one(R"({"Sid":"","Effect":"Allow","Action":"*","Resource":"*"})");
  const auto sized = [&](std::size_t size) {
    std::string text = frame;
    return text.insert(text.find(R"("Sid":")") + 7, std::string(size - frame.size(), 'x'));
  };
  EXPECT_TRUE(parse_identity_policy(sized(kPolicyCharactersMax)));
  EXPECT_FALSE(parse_identity_policy(sized(kPolicyCharactersMax + 1)));
}

TEST(SessionPolicy, TooLongAndMalformedAreToldApart) {
  EXPECT_EQ(parse_session_policy(std::string(kSessionPolicyBytesMax + 1, ' ')).error().detail("Field"), "PolicySize");
  EXPECT_EQ(parse_session_policy("{}").error().detail("Field"), "PolicyGrammar");
}

Result<PolicyPointer> bucket(std::string_view principal, std::string_view resource) {
  return parse_bucket_policy(one(R"({"Effect":"Allow","Principal":)" + std::string(principal) +
                                 R"(,"Action":["oss:ReplicatePut"],"Resource":)" + std::string(resource) + "}"),
                             kBucket, kOwner);
}

TEST(BucketPolicy, TheGeneratedReplicationPolicyIsAccepted) {
  EXPECT_TRUE(bucket(R"(["arn:ram::1000000000000001:role/farcrr"])",
                     R"(["acs:oss:*:2000000000000002:dst-bucket","acs:oss:*:2000000000000002:dst-bucket/*"])"));
  EXPECT_TRUE(bucket(R"(["arn:sts::1000000000000001:assumed-role/farcrr/*"])", R"(["acs:oss:*:*:dst-bucket/*"])"));
  EXPECT_TRUE(bucket(R"({"RAM":["acs:ram::1000000000000001:role/FarCrr"]})", R"("acs:oss:*:*:dst-bucket*")"));
}

TEST(BucketPolicy, TheResourceIsTheBucketItself) {
  EXPECT_EQ(element(bucket(R"(["*"])", R"("acs:oss:*:*:other-bucket")")), "Statement[0].Resource");
  EXPECT_EQ(element(bucket(R"(["*"])", R"("acs:oss:*:*:other*/x")")), "Statement[0].Resource");
  EXPECT_EQ(element(bucket(R"(["*"])", R"("acs:oss:*:1000000000000001:dst-bucket")")), "Statement[0].Resource");
  EXPECT_EQ(element(bucket(R"(["*"])", R"("acs:kms:*:*:dst-bucket")")), "Statement[0].Resource");
  EXPECT_EQ(element(bucket(R"(["*"])", R"("dst-bucket")")), "Statement[0].Resource");
}

TEST(BucketPolicy, APrincipalIsRequiredAndAnEmptyListIsEveryone) {
  EXPECT_EQ(element(parse_bucket_policy(one(R"({"Effect":"Allow","Action":"oss:*","Resource":"*"})"), kBucket, kOwner)),
            "Statement[0].Principal");
  const auto everyone = bucket("[]", R"("*")");
  ASSERT_TRUE(everyone);
  EXPECT_TRUE((*everyone)->statements[0].names_everyone());
  EXPECT_EQ(element(bucket(R"(["ann"])", R"("*")")), "Statement[0].Principal");
  EXPECT_TRUE(parse_bucket_policy(one(R"({"Effect":"Deny","NotPrincipal":["1000000000000001"],"Action":"oss:*","Resource":"*"})"), kBucket,
                                  kOwner));
  EXPECT_EQ(bucket(R"(["ann"])", R"("*")").error().code(), ErrorCode::kInvalidPolicyDocument);
}

TEST(TrustPolicy, NamesServicesUsersAndAccountsButNoResource) {
  EXPECT_TRUE(parse_trust_policy(one(R"({"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":["oss.aliyuncs.com"]}})")));
  EXPECT_TRUE(
      parse_trust_policy(one(R"({"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"RAM":"acs:ram::1000000000000001:root"}})")));
  EXPECT_TRUE(parse_trust_policy(
      one(R"({"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Federated":["acs:ram::1000000000000001:saml-provider/idp"]}})")));
  EXPECT_EQ(element(parse_trust_policy(
                one(R"({"Action":"sts:AssumeRole","Effect":"Allow","Resource":"*","Principal":{"Service":"oss.aliyuncs.com"}})"))),
            "Statement[0].Resource");
  EXPECT_EQ(element(parse_trust_policy(one(R"({"Action":"sts:AssumeRole","Effect":"Allow"})"))), "Statement[0].Principal");
  EXPECT_EQ(element(parse_trust_policy(one(R"({"Action":"sts:AssumeRole","Effect":"Allow","Principal":["oss.aliyuncs.com"]})"))),
            "Statement[0].Principal");
  EXPECT_EQ(element(parse_trust_policy(one(R"({"Action":"oss:*","Effect":"Allow","Principal":{"Service":"oss.aliyuncs.com"}})"))),
            "Statement[0].Action");
}

TEST(TrustPolicy, CannotBeOpenToEveryAccount) {
  EXPECT_EQ(element(parse_trust_policy(one(R"({"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"RAM":["*"]}})"))),
            "Statement[0].Principal.RAM");
}

TEST(KeyPolicy, IsAboutItsOwnKey) {
  EXPECT_TRUE(parse_key_policy(one(
      R"({"Sid":"kms default key policy","Effect":"Allow","Principal":{"RAM":["acs:ram::2000000000000002:*"]},"Action":["kms:*"],"Resource":["*"]})")));
  EXPECT_EQ(
      element(parse_key_policy(one(
          R"({"Effect":"Allow","Principal":{"RAM":["acs:ram::2000000000000002:*"]},"Action":["kms:*"],"Resource":["acs:kms:*:*:key/a"]})"))),
      "Statement[0].Resource");
  EXPECT_EQ(element(parse_key_policy(
                one(R"({"Effect":"Allow","Principal":{"Service":["oss.aliyuncs.com"]},"Action":["kms:*"],"Resource":["*"]})"))),
            "Statement[0].Principal.Service");
  EXPECT_EQ(element(parse_key_policy(
                one(R"({"Effect":"Allow","Principal":{"RAM":["acs:ram::2000000000000002:*"]},"Action":["oss:*"],"Resource":"*"})"))),
            "Statement[0].Action");
}

}  // namespace
}  // namespace farshore::identity
