// SPDX-License-Identifier: Apache-2.0
#include "model/policy.h"

#include <gtest/gtest.h>

namespace farshore {
namespace {

const PolicyCaller kRoot{PolicyCaller::Kind::kRoot, "1000000000000001", "1000000000000001", "", ""};
const PolicyCaller kUser{PolicyCaller::Kind::kUser, "1000000000000001", "200000000000000017", "ann", ""};
const PolicyCaller kSession{PolicyCaller::Kind::kRoleSession, "1000000000000001", "300000000000000017", "farcrr", "job1"};
const PolicyCaller kAnonymous;
const PolicyCaller kOss{PolicyCaller::Kind::kService, "", "", "oss.aliyuncs.com", ""};

bool names(std::string_view text, const PolicyCaller& caller, PrincipalPlace place = PrincipalPlace::kBucketPolicy) {
  const auto principal = parse_principal(text, place);
  EXPECT_TRUE(principal) << text;
  return principal && principal->matches(caller);
}

TEST(PolicyGlob, StarCrossesSlashesAndQuestionMarkIsOneByte) {
  EXPECT_TRUE(PolicyGlob("oss:Get*").matches("oss:GetObject"));
  EXPECT_FALSE(PolicyGlob("oss:Get*").matches("oss:getobject"));
  EXPECT_TRUE(PolicyGlob("oss:Get*", PolicyGlob::Case::kIgnored).matches("OSS:getobject"));
  EXPECT_TRUE(PolicyGlob("a*c").matches("a/b:b/c"));
  EXPECT_TRUE(PolicyGlob("a?c").matches("abc"));
  EXPECT_FALSE(PolicyGlob("a?c").matches("ac"));
  EXPECT_TRUE(PolicyGlob("*").matches(""));
  EXPECT_TRUE(PolicyGlob("**a**").matches("a"));
  EXPECT_FALSE(PolicyGlob("").matches("a"));
}

TEST(PolicyGlob, ManyStarsDoNotTakeForEver) {
  std::string pattern;
  for (int i = 0; i < 1000; ++i) pattern += "a*";
  EXPECT_FALSE(PolicyGlob(pattern + "b").matches(std::string(5000, 'a')));
}

TEST(PolicyResource, BucketAndItsObjectsAreDifferentThings) {
  const std::string bucket = "acs:oss:cn-hangzhou:2000000000000002:dst-bucket";
  EXPECT_TRUE(PolicyResource("acs:oss:*:*:dst-bucket").matches(bucket));
  EXPECT_FALSE(PolicyResource("acs:oss:*:*:dst-bucket/*").matches(bucket));
  EXPECT_TRUE(PolicyResource("acs:oss:*:*:dst-bucket/*").matches(bucket + "/a/b"));
  EXPECT_FALSE(PolicyResource("acs:oss:*:*:dst-bucket").matches(bucket + "/a"));
  EXPECT_TRUE(PolicyResource("acs:oss:*:*:dst-bucket*").matches(bucket + "/a"));
  EXPECT_TRUE(PolicyResource("*").matches(bucket));
}

TEST(PolicyResource, RegionMayBeALocationAndEmptyMeansAny) {
  const std::string name = "acs:oss:cn-hangzhou:2000000000000002:b/k";
  EXPECT_TRUE(PolicyResource("acs:oss:oss-cn-hangzhou:2000000000000002:b/k").matches(name));
  EXPECT_TRUE(PolicyResource("acs:oss:::b/k").matches(name));
  EXPECT_FALSE(PolicyResource("acs:oss:cn-beijing:*:b/k").matches(name));
  EXPECT_FALSE(PolicyResource("acs:oss:*:1000000000000001:b/k").matches(name));
}

TEST(PolicyResource, AKeyWithColonsCannotPoseAsAnotherBucket) {
  EXPECT_FALSE(PolicyResource("acs:oss:*:*:public/*").matches("acs:oss:cn-hangzhou:2000000000000002:secret/x:public/y"));
  EXPECT_FALSE(PolicyResource("acs:oss:*:*:public").matches("acs:oss:cn-hangzhou:2000000000000002:secret/x:public"));
}

TEST(PolicyResource, ShortPatternsSpanParts) {
  EXPECT_TRUE(PolicyResource("acs:kms:*").matches("acs:kms:cn-hangzhou:1:key/k"));
  EXPECT_FALSE(PolicyResource("acs:kms:*").matches("acs:oss:cn-hangzhou:1:b"));
}

TEST(PolicyResource, RoleNamesIgnoreCaseAndObjectKeysDoNot) {
  EXPECT_TRUE(PolicyResource("acs:ram:*:1000000000000001:role/FarCrr").matches("acs:ram::1000000000000001:role/farcrr"));
  EXPECT_FALSE(PolicyResource("acs:oss:*:*:b/Key").matches("acs:oss:r:1:b/key"));
}

TEST(PolicyPrincipal, EverySpellingOfARoleIsTheSameRole) {
  for (const char* text : {"arn:ram::1000000000000001:role/farcrr", "arn:ram::1000000000000001:role/FarCrr",
                           "acs:ram::1000000000000001:role/FarCrr", "arn:sts::1000000000000001:assumed-role/farcrr/*",
                           "acs:sts::1000000000000001:assumed-role/FARCRR/*", "acs:ram::1000000000000001:assumed-role/farcrr/job1",
                           "acs:ram::1000000000000001:role/farcrr/job1", "arn:sts::1000000000000001:assumed-role/farcrr/job1"}) {
    EXPECT_TRUE(names(text, kSession)) << text;
    EXPECT_FALSE(names(text, kUser)) << text;
    EXPECT_FALSE(names(text, kAnonymous)) << text;
  }
}

TEST(PolicyPrincipal, OtherAccountsRolesAndSessionsDoNotMatch) {
  EXPECT_FALSE(names("arn:ram::2000000000000002:role/farcrr", kSession));
  EXPECT_FALSE(names("arn:ram::1000000000000001:role/farcrr2", kSession));
  EXPECT_FALSE(names("arn:sts::1000000000000001:assumed-role/farcrr/job2", kSession));
}

TEST(PolicyPrincipal, ABareIdMeansThatIdAlone) {
  EXPECT_TRUE(names("1000000000000001", kRoot));
  EXPECT_FALSE(names("1000000000000001", kUser));
  EXPECT_FALSE(names("1000000000000001", kSession));
  EXPECT_TRUE(names("200000000000000017", kUser));
}

TEST(PolicyPrincipal, RootMeansTheAccountInATrustPolicyAndTheRootUserInABucketPolicy) {
  const char* root = "acs:ram::1000000000000001:root";
  EXPECT_TRUE(names(root, kUser, PrincipalPlace::kTrustPolicy));
  EXPECT_TRUE(names(root, kSession, PrincipalPlace::kTrustPolicy));
  EXPECT_FALSE(names(root, kUser, PrincipalPlace::kBucketPolicy));
  EXPECT_TRUE(names(root, kRoot, PrincipalPlace::kBucketPolicy));
  EXPECT_TRUE(names("acs:ram::1000000000000001:*", kUser));
  EXPECT_FALSE(names(root, kOss, PrincipalPlace::kTrustPolicy));
}

TEST(PolicyPrincipal, GarbageIsNoPrincipal) {
  for (const char* text :
       {"", "ann", "arn:ram::role/x", "arn:ram::1000000000000001:", "arn:ram::1000000000000001:role/", "arn:ram::1000000000000001:role/a b",
        "arn:ram::1000000000000001:assumed-role/x/", "arn:aws:iam::1000000000000001:role/x", "acs:ram::abc:root", "acs:ram::1:group/g"}) {
    EXPECT_FALSE(parse_principal(text, PrincipalPlace::kBucketPolicy)) << text;
  }
}

TEST(PolicyPrincipal, EveryoneIncludesAnonymousAndAServiceIsOnlyItself) {
  EXPECT_TRUE(names("*", kAnonymous));
  EXPECT_TRUE(parse_service_principal("OSS.aliyuncs.com")->matches(kOss));
  EXPECT_FALSE(parse_service_principal("log.aliyuncs.com")->matches(kOss));
  EXPECT_FALSE(parse_service_principal("oss.aliyuncs.com")->matches(kUser));
}

bool holds(ConditionOperator op, std::vector<std::string> values, std::optional<std::string> request) {
  PolicyCondition condition{op, condition_key("k"), {}};
  for (std::string& value : values) {
    auto operand = compile_operand(op, std::move(value));
    EXPECT_TRUE(operand);
    condition.values.push_back(*operand);
  }
  RequestConditions conditions;
  if (request) conditions.set("K", *request);
  return condition.holds(conditions);
}

using Op = ConditionOperator;

TEST(PolicyCondition, ValuesAreAlternativesAndNegatedOnesExcludeAll) {
  EXPECT_TRUE(holds(Op::kStringEquals, {"a", "b"}, "b"));
  EXPECT_FALSE(holds(Op::kStringEquals, {"a", "b"}, "c"));
  EXPECT_FALSE(holds(Op::kStringNotEquals, {"a", "b"}, "b"));
  EXPECT_TRUE(holds(Op::kStringNotEquals, {"a", "b"}, "c"));
  EXPECT_TRUE(holds(Op::kStringEqualsIgnoreCase, {"ABC"}, "abc"));
  EXPECT_TRUE(holds(Op::kStringLike, {"logs/*"}, "logs/2026/a"));
  EXPECT_FALSE(holds(Op::kStringNotLike, {"logs/*"}, "logs/2026/a"));
}

TEST(PolicyCondition, AMissingKeyFailsPositiveAndPassesNegatedOperators) {
  EXPECT_FALSE(holds(Op::kStringEquals, {"a"}, std::nullopt));
  EXPECT_TRUE(holds(Op::kStringNotEquals, {"a"}, std::nullopt));
  EXPECT_FALSE(holds(Op::kBool, {"false"}, std::nullopt));
  EXPECT_FALSE(holds(Op::kIpAddress, {"0.0.0.0/0"}, std::nullopt));
  EXPECT_TRUE(holds(Op::kNotIpAddress, {"10.0.0.0/8"}, std::nullopt));
}

TEST(PolicyCondition, NumbersAreComparedAsNumbers) {
  EXPECT_TRUE(holds(Op::kNumericEquals, {"10"}, "10.0"));
  EXPECT_TRUE(holds(Op::kNumericLessThan, {"10"}, "9"));
  EXPECT_FALSE(holds(Op::kNumericLessThan, {"10"}, "10"));
  EXPECT_TRUE(holds(Op::kNumericLessThanEquals, {"10"}, "10"));
  EXPECT_TRUE(holds(Op::kNumericGreaterThan, {"10"}, "11"));
  EXPECT_TRUE(holds(Op::kNumericGreaterThanEquals, {"10"}, "10"));
  EXPECT_TRUE(holds(Op::kNumericNotEquals, {"10"}, "11"));
  EXPECT_FALSE(holds(Op::kNumericGreaterThan, {"10"}, "eleven"));
  EXPECT_FALSE(compile_operand(Op::kNumericEquals, "ten"));
}

TEST(PolicyCondition, AddressesOfBothKindsLieInTheirRanges) {
  EXPECT_TRUE(holds(Op::kIpAddress, {"10.1.0.0/16", "192.168.1.7"}, "10.1.255.1"));
  EXPECT_FALSE(holds(Op::kIpAddress, {"10.1.0.0/16"}, "10.2.0.1"));
  EXPECT_TRUE(holds(Op::kIpAddress, {"10.1.0.0/16"}, "::ffff:10.1.0.9"));
  EXPECT_TRUE(holds(Op::kIpAddress, {"2001:db8::/33"}, "2001:db8:7fff::1"));
  EXPECT_FALSE(holds(Op::kIpAddress, {"2001:db8::/33"}, "2001:db8:8000::1"));
  EXPECT_TRUE(holds(Op::kIpAddress, {"0.0.0.0/0"}, "8.8.8.8"));
  EXPECT_FALSE(holds(Op::kIpAddress, {"0.0.0.0/0"}, "::1"));
  EXPECT_TRUE(holds(Op::kIpAddress, {"::/0"}, "8.8.8.8"));
  EXPECT_FALSE(holds(Op::kNotIpAddress, {"10.0.0.0/8"}, "10.0.0.1"));
  EXPECT_FALSE(holds(Op::kIpAddress, {"10.0.0.0/8"}, "nowhere"));
}

TEST(PolicyCondition, MalformedAddressesAreRefused) {
  for (const char* text : {"", "10.0.0", "10.0.0.256", "10.0.0.0/33", "10.0.0.0/", "1.2.3.4.5", ":::", "1::2::3", "2001:db8",
                           "12345::", "::/129", "::1.2.3", "1:2:3:4:5:6:7:8:9", "g::"}) {
    EXPECT_FALSE(parse_address_range(text)) << text;
  }
  EXPECT_TRUE(parse_address_range("::"));
  EXPECT_TRUE(parse_address_range("1:2:3:4:5:6:7:8"));
  EXPECT_TRUE(parse_address_range("64:ff9b::1.2.3.4"));
}

TEST(PolicyCondition, TagKeysKeepTheirCase) {
  EXPECT_EQ(condition_key("OSS:ExistingObjectTag/Team"), "oss:existingobjecttag/Team");
  EXPECT_EQ(condition_key("acs:SourceIp"), condition_key("ACS:sourceip"));
}

TEST(PolicyCondition, DatesCompareInstants) {
  PolicyCondition before{Op::kDateLessThan, "acs:currenttime", {*compile_operand(Op::kDateLessThan, "2026-01-01T00:00:00Z", 1000)}};
  RequestConditions request;
  request.set_instant("acs:CurrentTime", 999);
  EXPECT_TRUE(before.holds(request));
  request.set_instant("acs:CurrentTime", 1000);
  EXPECT_FALSE(before.holds(request));
  EXPECT_FALSE(compile_operand(Op::kDateEquals, "yesterday"));
}

PolicyStatement statement(PolicyEffect effect, std::string action, std::string resource = "*") {
  PolicyStatement out;
  out.effect = effect;
  out.actions.emplace_back(std::move(action), PolicyGlob::Case::kIgnored);
  out.resources.emplace_back(std::move(resource));
  return out;
}

PolicyVerdict verdict(const PolicyDocument& document, std::string_view action, PolicyReading reading = {},
                      const PolicyCaller& caller = kUser) {
  const NamedPolicy policy{"p", &document};
  const RequestConditions conditions;
  return evaluate({&policy, 1}, {caller, action, "acs:oss:r:1:b/k", conditions}, reading).verdict;
}

TEST(Evaluate, DenyWinsWhateverTheOrder) {
  PolicyDocument document{{statement(PolicyEffect::kAllow, "oss:*"), statement(PolicyEffect::kDeny, "oss:Delete*")}};
  EXPECT_EQ(verdict(document, "oss:GetObject"), PolicyVerdict::kAllow);
  EXPECT_EQ(verdict(document, "OSS:deleteobject"), PolicyVerdict::kExplicitDeny);
  EXPECT_EQ(verdict(document, "kms:Decrypt"), PolicyVerdict::kImplicitDeny);
  std::swap(document.statements[0], document.statements[1]);
  EXPECT_EQ(verdict(document, "oss:DeleteObject"), PolicyVerdict::kExplicitDeny);
}

TEST(Evaluate, NamesTheDecidingStatementAndPolicy) {
  const PolicyDocument allow{{statement(PolicyEffect::kAllow, "oss:Put*"), statement(PolicyEffect::kAllow, "oss:Get*")}};
  const PolicyDocument deny{{statement(PolicyEffect::kDeny, "oss:GetObject", "acs:oss:*:*:b/k")}};
  const NamedPolicy policies[] = {{"allow", &allow}, {"deny", &deny}};
  const RequestConditions conditions;
  const auto first = evaluate({policies, 1}, {kUser, "oss:GetObject", "acs:oss:r:1:b/k", conditions});
  EXPECT_EQ(first.index, 1u);
  EXPECT_EQ(first.policy, "allow");
  const auto both = evaluate(policies, {kUser, "oss:GetObject", "acs:oss:r:1:b/k", conditions});
  EXPECT_EQ(both.verdict, PolicyVerdict::kExplicitDeny);
  EXPECT_EQ(both.policy, "deny");
  EXPECT_EQ(both.statement, &deny.statements[0]);
}

TEST(Evaluate, NotActionCoversAllOthers) {
  PolicyDocument document{{statement(PolicyEffect::kAllow, "oss:Delete*")}};
  document.statements[0].all_actions_but = true;
  EXPECT_EQ(verdict(document, "oss:GetObject"), PolicyVerdict::kAllow);
  EXPECT_EQ(verdict(document, "oss:DeleteObject"), PolicyVerdict::kImplicitDeny);
}

TEST(Evaluate, NotPrincipalCoversAllOthers) {
  PolicyDocument document{{statement(PolicyEffect::kDeny, "*")}};
  document.statements[0].whom = PolicyStatement::Whom::kAllBut;
  document.statements[0].principals = {*parse_principal("200000000000000017", PrincipalPlace::kBucketPolicy)};
  EXPECT_EQ(verdict(document, "oss:GetObject"), PolicyVerdict::kImplicitDeny);
  EXPECT_EQ(verdict(document, "oss:GetObject", {}, kRoot), PolicyVerdict::kExplicitDeny);
}

TEST(Evaluate, SparesTheOwnerFromADenyForAllButNotFromAConditionalOne) {
  PolicyDocument document{{statement(PolicyEffect::kDeny, "*")}};
  PolicyStatement& deny = document.statements[0];
  deny.whom = PolicyStatement::Whom::kListed;
  deny.principals = {*parse_principal("*", PrincipalPlace::kBucketPolicy)};
  const PolicyReading spared{Spare::kUnconditionalDenyForAll, false};
  EXPECT_EQ(verdict(document, "oss:GetObject"), PolicyVerdict::kExplicitDeny);
  EXPECT_EQ(verdict(document, "oss:GetObject", spared), PolicyVerdict::kImplicitDeny);
  deny.conditions.push_back({Op::kStringNotEquals, "acs:sourcevpc", {*compile_operand(Op::kStringNotEquals, "vpc-1")}});
  EXPECT_EQ(verdict(document, "oss:GetObject", spared), PolicyVerdict::kExplicitDeny);
  EXPECT_EQ(verdict(document, "oss:GetObject", {Spare::kEveryDeny, false}), PolicyVerdict::kImplicitDeny);
}

TEST(IsPublic, OnlyAnUnpinnedAllowForEveryone) {
  PolicyStatement open = statement(PolicyEffect::kAllow, "oss:GetObject");
  open.whom = PolicyStatement::Whom::kListed;
  open.principals = {*parse_principal("*", PrincipalPlace::kBucketPolicy)};
  EXPECT_TRUE(is_public(open));
  const auto with_address = [&](const char* range) {
    PolicyStatement copy = open;
    copy.conditions.push_back({Op::kIpAddress, "acs:sourceip", {*compile_operand(Op::kIpAddress, range)}});
    return is_public(copy);
  };
  EXPECT_TRUE(with_address("0.0.0.0/0"));
  EXPECT_TRUE(with_address("::/0"));
  EXPECT_FALSE(with_address("10.0.0.0/8"));
  PolicyStatement named = open;
  named.principals = {*parse_principal("1000000000000001", PrincipalPlace::kBucketPolicy)};
  EXPECT_FALSE(is_public(named));
  PolicyStatement deny = open;
  deny.effect = PolicyEffect::kDeny;
  EXPECT_FALSE(is_public(deny));
  const PolicyDocument document{{open}};
  EXPECT_EQ(verdict(document, "oss:GetObject", {Spare::kNothing, true}), PolicyVerdict::kImplicitDeny);
}

}  // namespace
}  // namespace farshore
