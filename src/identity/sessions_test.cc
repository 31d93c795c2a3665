// SPDX-License-Identifier: Apache-2.0
#include "identity/sessions.h"

#include "identity/realm_test.h"

namespace farshore::identity {
namespace {
using namespace std::chrono_literals;

const std::string kArn = "acs:ram::1000000000000001:role/jobs";

struct SessionsTest : testing::Test {
  SessionsTest() {
    realm.make_accounts();
    ann = realm.user(kS, "ann");
    role = realm.role(kS, "Jobs", trust_of("acs:ram::1000000000000001:root"));
    realm.good(realm.policies.attach({}, PolicyName{kS, PolicyType::kSystem, "AliyunSTSAssumeRoleAccess"}, {EntityKind::kUser, "ann"}));
  }
  Principal caller() const { return Principal(User{kS, ann.id, ann.name}); }
  static AssumeRole request(std::string arn = kArn) {
    AssumeRole out;
    out.role_arn = std::move(arn);
    out.session_name = "job1";
    return out;
  }
  SessionCredentials assume(const AssumeRole& request_) {
    auto credentials = realm.sessions.assume_role(caller(), request_);
    EXPECT_TRUE(credentials) << credentials.error().text();
    return *credentials;
  }
  Error refused(const Principal& who, const AssumeRole& request_) {
    auto credentials = realm.sessions.assume_role(who, request_);
    return credentials ? Error(ErrorCode::kInternalError, "it succeeded") : credentials.error();
  }
  ErrorCode opening(const SessionCredentials& credentials) {
    auto found = realm.authentication.find_credential(credentials.access_key, credentials.token);
    return found ? ErrorCode::kInternalError : found.error().code();
  }
  Realm realm;
  UserEntry ann;
  RoleEntry role;
};

TEST_F(SessionsTest, AnAssumedRoleComesBackAsItsSession) {
  const SessionCredentials credentials = assume(request());
  EXPECT_TRUE(credentials.access_key.get().starts_with("STS."));
  EXPECT_TRUE(credentials.token.starts_with("CAIS"));
  EXPECT_EQ(credentials.arn, "acs:ram::1000000000000001:role/jobs/job1");
  EXPECT_EQ(credentials.principal_id, role.id.get() + ":job1");
  const auto found = realm.authentication.find_credential(credentials.access_key, credentials.token);
  ASSERT_TRUE(found) << found.error().text();
  EXPECT_EQ(found->secret.reveal(), credentials.secret.reveal());
  EXPECT_EQ(found->principal.arn(), "acs:ram::1000000000000001:assumed-role/jobs/job1");
  EXPECT_EQ(found->principal.condition_arn(), kArn);
  EXPECT_EQ(found->principal.principal_id(), role.id.get() + ":job1");
}

TEST_F(SessionsTest, TheRoleArnMayBeSpelledInAnyCase) {
  assume(request("acs:ram::1000000000000001:role/Jobs"));
  assume(request("arn:ram::1000000000000001:role/JOBS"));
}

TEST_F(SessionsTest, TrustAndOwnPolicyMustBothAllow) {
  const UserEntry bob = realm.user(kS, "bob");
  const Principal without_policy(User{kS, bob.id, bob.name});
  const Error missing_policy = refused(without_policy, request());
  EXPECT_EQ(missing_policy.code(), ErrorCode::kNoPermission);
  EXPECT_EQ(missing_policy.detail("PolicyType"), "AccountLevelIdentityBasedPolicy");
  realm.role(kS, "Untrusting");
  const Error missing_trust = refused(caller(), request("acs:ram::1000000000000001:role/untrusting"));
  EXPECT_EQ(missing_trust.code(), ErrorCode::kNoPermission);
  EXPECT_EQ(missing_trust.detail("PolicyType"), "AssumeRolePolicy");
}

TEST_F(SessionsTest, RootsCannotAssumeRoles) { EXPECT_EQ(refused(Root{kS}, request()).code(), ErrorCode::kNoPermission); }

TEST_F(SessionsTest, AnotherAccountIsAdmittedByTrustAndItsOwnPolicy) {
  const UserEntry dora = realm.user(kD, "dora");
  const Principal who(User{kD, dora.id, dora.name});
  realm.good(realm.policies.attach({}, PolicyName{kD, PolicyType::kSystem, "AliyunSTSAssumeRoleAccess"}, {EntityKind::kUser, "dora"}));
  EXPECT_EQ(refused(who, request()).code(), ErrorCode::kNoPermission);
  realm.role(kS, "Shared", trust_of("acs:ram::2000000000000002:root"));
  EXPECT_TRUE(realm.sessions.assume_role(who, request("acs:ram::1000000000000001:role/shared")));
}

TEST_F(SessionsTest, StrangersDoNotLearnWhichRolesExist) {
  EXPECT_EQ(refused(caller(), request("acs:ram::1000000000000001:role/nobody")).code(), ErrorCode::kEntityNotExist);
  const Error foreign = refused(caller(), request("acs:ram::2000000000000002:role/nobody"));
  realm.role(kD, "somebody");
  const Error existing = refused(caller(), request("acs:ram::2000000000000002:role/somebody"));
  EXPECT_EQ(foreign.code(), ErrorCode::kNoPermission);
  EXPECT_EQ(foreign.text(), existing.text());
}

TEST_F(SessionsTest, ParametersAreChecked) {
  const auto field = [&](auto change) {
    AssumeRole bad = request();
    change(bad);
    const Error error = refused(caller(), bad);
    EXPECT_EQ(error.code(), ErrorCode::kInvalidParameter) << error.text();
    return std::string(error.detail("Field"));
  };
  EXPECT_EQ(field([](AssumeRole& r) { r.role_arn = "jobs"; }), "RoleArn");
  EXPECT_EQ(field([](AssumeRole& r) { r.session_name = "x"; }), "RoleSessionName");
  EXPECT_EQ(field([](AssumeRole& r) { r.session_name = "a b"; }), "RoleSessionName");
  EXPECT_EQ(field([](AssumeRole& r) { r.duration_seconds = 899; }), "DurationSeconds");
  EXPECT_EQ(field([](AssumeRole& r) { r.duration_seconds = 3601; }), "DurationSeconds");
  EXPECT_EQ(field([](AssumeRole& r) { r.external_id = "x"; }), "ExternalId");
  EXPECT_EQ(field([](AssumeRole& r) { r.policy = "{}"; }), "PolicyGrammar");
  EXPECT_EQ(field([](AssumeRole& r) { r.policy = std::string(2049, ' '); }), "PolicySize");
}

TEST_F(SessionsTest, AnExternalIdIsACondition) {
  realm.role(
      kS, "Guarded",
      R"({"Version":"1","Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"RAM":"acs:ram::1000000000000001:user/ann"},"Condition":{"StringEquals":{"sts:ExternalId":"secret-1"}}}]})");
  AssumeRole guarded = request("acs:ram::1000000000000001:role/guarded");
  EXPECT_EQ(refused(caller(), guarded).code(), ErrorCode::kNoPermission);
  guarded.external_id = "secret-1";
  assume(guarded);
}

TEST_F(SessionsTest, TokensExpire) {
  AssumeRole short_one = request();
  short_one.duration_seconds = 900;
  const SessionCredentials credentials = assume(short_one);
  realm.pass(899s);
  EXPECT_TRUE(realm.sessions.open(credentials.token));
  realm.pass(1s);
  EXPECT_EQ(opening(credentials), ErrorCode::kSecurityTokenExpired);
}

TEST_F(SessionsTest, KeyAndTokenBelongTogether) {
  const SessionCredentials first = assume(request());
  const SessionCredentials second = assume(request());
  const auto code = [&](const AccessKeyId& key, std::optional<std::string_view> token) {
    return realm.authentication.find_credential(key, token).error().code();
  };
  EXPECT_EQ(code(first.access_key, second.token), ErrorCode::kAccessKeyIdAndSecurityTokenNotMatch);
  EXPECT_EQ(code(first.access_key, std::nullopt), ErrorCode::kInvalidAccessKeyId);
  const NewAccessKey lasting = realm.good(realm.keys.create({}, {kS, "ann"}));
  EXPECT_EQ(code(lasting.id, first.token), ErrorCode::kAccessKeyIdAndSecurityTokenNotMatch);
  EXPECT_TRUE(realm.authentication.find_credential(lasting.id, std::nullopt));
}

TEST_F(SessionsTest, AnyChangedCharacterInvalidatesTheToken) {
  const SessionCredentials credentials = assume(request());
  for (std::size_t i = 0; i < credentials.token.size(); ++i) {
    SessionCredentials forged = credentials;
    forged.token[i] = forged.token[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(opening(forged), ErrorCode::kInvalidSecurityToken) << i;
  }
  for (const char* garbage : {"", "x", "CAIS", "CAISAAAA", "CAIS====", "Bearer x"}) EXPECT_FALSE(realm.sessions.open(garbage)) << garbage;
}

TEST_F(SessionsTest, ARecreatedRoleDoesNotReviveTokens) {
  const SessionCredentials credentials = assume(request());
  realm.good(realm.roles.erase({}, kS, "Jobs"));
  EXPECT_EQ(opening(credentials), ErrorCode::kInvalidSecurityToken);
  realm.role(kS, "Jobs", trust_of("acs:ram::1000000000000001:root"));
  EXPECT_EQ(opening(credentials), ErrorCode::kInvalidSecurityToken);
}

TEST_F(SessionsTest, RevocationEndsEarlierSessionsAndNotLaterOnes) {
  const SessionCredentials before = assume(request());
  realm.good(realm.roles.revoke_sessions({}, kS, "Jobs"));
  EXPECT_EQ(opening(before), ErrorCode::kInvalidSecurityToken);
  realm.pass(10ms);
  const SessionCredentials after = assume(request());
  EXPECT_TRUE(realm.sessions.open(after.token));
}

TEST_F(SessionsTest, ASessionMayAssumeAnotherRoleWithinItsOwnPolicies) {
  realm.role(kS, "Second", trust_of("acs:ram::1000000000000001:role/Jobs"));
  AssumeRole capped = request();
  capped.policy = allow(R"("oss:*")");
  const auto opened = realm.sessions.open(assume(request()).token);
  const auto opened_capped = realm.sessions.open(assume(capped).token);
  ASSERT_TRUE(opened && opened_capped);
  const AssumeRole chained = request("acs:ram::1000000000000001:role/second");
  EXPECT_EQ(refused(opened->principal, chained).code(), ErrorCode::kNoPermission);
  realm.good(realm.policies.attach({}, PolicyName{kS, PolicyType::kSystem, "AliyunSTSAssumeRoleAccess"}, {EntityKind::kRole, "Jobs"}));
  EXPECT_TRUE(realm.sessions.assume_role(opened->principal, chained));
  EXPECT_EQ(refused(opened_capped->principal, chained).detail("PolicyType"), "SessionPolicy");
}

TEST_F(SessionsTest, ServicesAssumeOnlyRolesThatTrustThem) {
  const RoleEntry crr = realm.role(kS, "Crr");
  EXPECT_TRUE(realm.sessions.assume_role_as_service("oss.aliyuncs.com", crr.id));
  EXPECT_EQ(realm.sessions.assume_role_as_service("log.aliyuncs.com", crr.id).error().code(), ErrorCode::kNoPermission);
  EXPECT_EQ(realm.sessions.assume_role_as_service("oss.aliyuncs.com", role.id).error().code(), ErrorCode::kNoPermission);
  EXPECT_EQ(refused(caller(), request("acs:ram::1000000000000001:role/crr")).code(), ErrorCode::kNoPermission);
  realm.good(realm.roles.update({}, UpdateRole{kS, "crr", trust_of("acs:ram::1000000000000001:root"), {}, {}}));
  EXPECT_EQ(realm.sessions.assume_role_as_service("oss.aliyuncs.com", crr.id).error().code(), ErrorCode::kNoPermission);
  EXPECT_EQ(realm.sessions.assume_role_as_service("oss.aliyuncs.com", RoleId("300000000000000000")).error().code(),
            ErrorCode::kEntityNotExist);
}

TEST_F(SessionsTest, TokensOfAMinterOutsideTheAccountsRegionsAreRefused) {
  const AccountUid limited("3000000000000003");
  const CreatedAccount made = realm.good(realm.accounts.create({}, CreateAccount{"vault", limited, {RegionId("cn-beijing")}, {}}));
  EXPECT_EQ(realm.sessions.sign_in(Root{limited}, 3600).error().code(), ErrorCode::kNoPermission);
  Sessions beijing(realm.node.runtime, realm.directory, realm.sealer, RegionId("cn-beijing"));
  EXPECT_EQ(beijing.sign_in(Root{limited}, 3600).error().code(), ErrorCode::kHomeUnavailable);
  realm.good(beijing.ensure_minting_key({}));
  const auto credentials = beijing.sign_in(Root{limited}, 3600);
  ASSERT_TRUE(credentials);
  EXPECT_EQ(realm.sessions.open(credentials->token)->principal, Principal(Root{limited}));
}

TEST_F(SessionsTest, ConsoleSessionsActAsTheUserUntilItIsGone) {
  const auto credentials = realm.sessions.sign_in(caller(), 3600);
  ASSERT_TRUE(credentials);
  const auto opened = realm.sessions.open(credentials->token);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->principal, caller());
  realm.good(realm.users.revoke_sessions({}, kS, "ann"));
  EXPECT_FALSE(realm.sessions.open(credentials->token));
}

}  // namespace
}  // namespace farshore::identity
