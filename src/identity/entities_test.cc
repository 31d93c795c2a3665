// SPDX-License-Identifier: Apache-2.0
// Accounts, users, access keys, roles, policies and bucket names: what each operation leaves and refuses.
#include "identity/directory_edit.h"
#include "identity/realm_test.h"

namespace farshore::identity {
namespace {
using namespace std::chrono_literals;

struct Entities : testing::Test {
  Entities() { realm.make_accounts(); }
  std::string entity(const Error& error) { return std::string(error_code_name(error.code())) + "." + std::string(error.detail("Entity")); }
  std::string field(const Error& error) {
    return std::string(error_code_name(error.code())) + "." + std::string(error.detail("Field")) + "." +
           std::string(error.detail("Reason"));
  }
  Realm realm;
};

TEST_F(Entities, AnAccountComesWithARootKeyThatSigns) {
  const CreatedAccount made = realm.good(realm.accounts.create({}, CreateAccount{"third", {}, {}, {}}));
  EXPECT_EQ(made.account.uid.get().size(), 16u);
  EXPECT_TRUE(made.root_key.id.get().starts_with("LTAI5t"));
  EXPECT_EQ(made.root_key.id.get().size(), 24u);
  EXPECT_EQ(made.root_key.secret.reveal().size(), 30u);
  const auto found = realm.authentication.find_credential(made.root_key.id, std::nullopt);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->principal, Principal(Root{made.account.uid}));
  EXPECT_EQ(found->secret.reveal(), made.root_key.secret.reveal());
  EXPECT_EQ(entity(realm.bad(realm.accounts.create({}, CreateAccount{"x", kS, {}, {}}))), "EntityAlreadyExists.Account");
  EXPECT_EQ(field(realm.bad(realm.accounts.create({}, CreateAccount{"x", AccountUid("12"), {}, {}}))), "InvalidParameter.Uid.Format");
}

TEST_F(Entities, SecretsAreNotReadableInTheStoredRows) {
  const NewAccessKey key = realm.good(realm.keys.create({}, {kS, ""}));
  for (const auto& [row, stored] : realm.store.medium()->partitions[kDirectoryPartition].rows) {
    EXPECT_EQ(stored.value.find(key.secret.reveal()), std::string::npos);
  }
  for (const auto& [sequence, entry] : realm.store.medium()->partitions[kDirectoryPartition].journal) {
    EXPECT_EQ(entry.record.find(key.secret.reveal()), std::string::npos);
  }
}

TEST_F(Entities, ASealedSecretOpensForItsOwnPurposeOnly) {
  const Bytes sealed = realm.sealer.seal("a", Secret("s3cret"));
  EXPECT_EQ(realm.sealer.open("a", sealed)->reveal(), "s3cret");
  EXPECT_FALSE(realm.sealer.open("b", sealed));
  EXPECT_FALSE(realm.sealer.open("a", sealed.substr(0, 10)));
  EXPECT_NE(sealed, realm.sealer.seal("a", Secret("s3cret")));
}

TEST_F(Entities, UsersKeepIdKeysAndPoliciesUnderANewName) {
  const UserEntry ann = realm.user(kS, "Ann");
  const NewAccessKey key = realm.good(realm.keys.create({}, {kS, "ann"}));
  realm.good(realm.policies.attach({}, {kS, PolicyType::kSystem, "AliyunOSSReadOnlyAccess"}, {EntityKind::kUser, "ANN"}));
  UpdateUser rename{kS, "ann", "bea", {}, {}, {}, {}};
  const UserEntry bea = realm.good(realm.users.update({}, rename));
  EXPECT_EQ(bea.id, ann.id);
  EXPECT_EQ(entity(realm.users.get(kS, "ann").error()), "EntityNotExist.User");
  EXPECT_EQ(realm.authentication.find_credential(key.id, std::nullopt)->principal.arn(), "acs:ram::1000000000000001:user/bea");
  EXPECT_EQ(realm.policies.attached_to(kS, {EntityKind::kUser, "bea"})->size(), 1u);
  EXPECT_EQ(realm.directory.view().user(ann.id)->name, "bea");
  UpdateUser clear{kS, "bea", {}, std::string("B"), std::string(""), {}, {}};
  EXPECT_EQ(realm.good(realm.users.update({}, clear)).display_name, "B");
  realm.user(kS, "carl");
  EXPECT_EQ(entity(realm.bad(realm.users.update({}, UpdateUser{kS, "bea", "Carl", {}, {}, {}, {}}))), "EntityAlreadyExists.User");
  EXPECT_EQ(realm.good(realm.users.update({}, UpdateUser{kS, "bea", "BEA", {}, {}, {}, {}})).name, "BEA");
}

TEST_F(Entities, UserNamesAreChecked) {
  const auto create = [&](const std::string& name, const std::string& display = "") {
    return field(realm.bad(realm.users.create({}, CreateUser{kS, name, display, "", "", ""})));
  };
  EXPECT_EQ(create(""), "InvalidParameter.UserName.Length");
  EXPECT_EQ(create(std::string(65, 'a')), "InvalidParameter.UserName.Length");
  EXPECT_EQ(create("a b"), "InvalidParameter.UserName.InvalidChars");
  EXPECT_EQ(create("ok", std::string(129, 'a')), "InvalidParameter.DisplayName.Length");
}

TEST_F(Entities, AUserWithKeysOrPoliciesCannotBeDeleted) {
  realm.user(kS, "ann");
  const NewAccessKey key = realm.good(realm.keys.create({}, {kS, "ann"}));
  EXPECT_EQ(entity(realm.bad(realm.users.erase({}, kS, "ann"))), "DeleteConflict.User.AccessKey");
  realm.good(realm.keys.erase({}, {kS, "ann"}, key.id));
  realm.good(realm.policies.attach({}, {kS, PolicyType::kSystem, "AdministratorAccess"}, {EntityKind::kUser, "ann"}));
  EXPECT_EQ(entity(realm.bad(realm.users.erase({}, kS, "ann"))), "DeleteConflict.User.Policy");
  realm.good(realm.policies.detach({}, {kS, PolicyType::kSystem, "AdministratorAccess"}, {EntityKind::kUser, "ann"}));
  realm.good(realm.users.erase({}, kS, "ann"));
  EXPECT_EQ(entity(realm.bad(realm.users.erase({}, kS, "ann"))), "EntityNotExist.User");
}

TEST_F(Entities, AccessKeysAreTwoAndCanBeSwitchedOff) {
  realm.user(kS, "ann");
  const NewAccessKey first = realm.good(realm.keys.create({}, {kS, "ann"}));
  realm.good(realm.keys.create({}, {kS, "ann"}));
  EXPECT_EQ(entity(realm.bad(realm.keys.create({}, {kS, "ann"}))), "LimitExceeded.User.AccessKey");
  EXPECT_EQ(realm.keys.list({kS, "ann"})->size(), 2u);
  realm.good(realm.keys.set_active({}, {kS, "ann"}, first.id, false));
  const Error inactive = realm.authentication.find_credential(first.id, std::nullopt).error();
  EXPECT_EQ(inactive.code(), ErrorCode::kInvalidAccessKeyId);
  EXPECT_EQ(inactive.detail("Reason"), "Inactive");
  realm.good(realm.keys.set_active({}, {kS, "ann"}, first.id, true));
  EXPECT_TRUE(realm.authentication.find_credential(first.id, std::nullopt));
  realm.user(kD, "ann");
  EXPECT_EQ(entity(realm.bad(realm.keys.erase({}, {kD, "ann"}, first.id))), "EntityNotExist.User.AccessKey");
  EXPECT_EQ(entity(realm.bad(realm.keys.create({}, {kS, "nobody"}))), "EntityNotExist.User");
  EXPECT_EQ(realm.authentication.find_credential(AccessKeyId("LTAInone"), std::nullopt).error().detail("Reason"), "NotFound");
}

TEST_F(Entities, ASecretIsNotRememberedBeyondItsRow) {
  realm.user(kS, "ann");
  const NewAccessKey key = realm.good(realm.keys.create({}, {kS, "ann"}));
  EXPECT_EQ(realm.authentication.find_credential(key.id, std::nullopt)->secret.reveal(), key.secret.reveal());
  AccessKeyEntry entry = *realm.directory.view().access_key(key.id);
  entry.sealed_secret = realm.sealer.seal(key.id.get(), Secret("another"));
  DirectoryBatch batch;
  replace_row(batch, realm.directory.view(), access_key_row(key.id), entry);
  realm.good(realm.directory.submit({}, std::move(batch)));
  EXPECT_EQ(realm.authentication.find_credential(key.id, std::nullopt)->secret.reveal(), "another");
  realm.good(realm.keys.erase({}, {kS, "ann"}, key.id));
  EXPECT_EQ(realm.authentication.find_credential(key.id, std::nullopt).error().detail("Reason"), "NotFound");
}

TEST_F(Entities, RolesKeepTheirSpellingAndAreUniqueIgnoringCase) {
  const RoleEntry role = realm.role(kS, "FarCrr");
  EXPECT_EQ(role.id.get().size(), 18u);
  EXPECT_EQ(role.id.get().front(), '3');
  EXPECT_EQ(role.session_max_seconds, 3600u);
  EXPECT_EQ(role_arn(kS, role.name), "acs:ram::1000000000000001:role/farcrr");
  EXPECT_EQ(entity(realm.bad(realm.roles.create({}, CreateRole{kS, "FARCRR", kTrustOss, "", {}}))), "EntityAlreadyExists.Role");
  EXPECT_EQ(realm.roles.get(kS, "farcrr")->trust_policy, kTrustOss);
  EXPECT_EQ(*realm.directory.view().role_by_arn("arn:ram::1000000000000001:role/FarCRR"), role);
  realm.role(kD, "FarCrr");
}

TEST_F(Entities, RolesAreCheckedAndUpdatedFieldByField) {
  const auto create = [&](CreateRole request) { return field(realm.bad(realm.roles.create({}, std::move(request)))); };
  EXPECT_EQ(create({kS, "a b", kTrustOss, "", {}}), "InvalidParameter.RoleName.InvalidChars");
  EXPECT_EQ(create({kS, "r", "{}", "", {}}), "InvalidParameter.AssumeRolePolicyDocument.");
  EXPECT_EQ(create({kS, "r", kTrustOss, "", 3599}), "InvalidParameter.MaxSessionDuration.");
  EXPECT_EQ(create({kS, "r", kTrustOss, std::string(1025, 'x'), {}}), "InvalidParameter.Description.Length");
  realm.role(kS, "r");
  const RoleEntry updated = realm.good(realm.roles.update({}, UpdateRole{kS, "R", {}, "text", 43200}));
  EXPECT_EQ(updated.description, "text");
  EXPECT_EQ(updated.trust_policy, kTrustOss);
  EXPECT_EQ(updated.session_max_seconds, 43200u);
  EXPECT_EQ(field(realm.bad(realm.roles.update({}, UpdateRole{kS, "r", "nonsense", {}, {}}))),
            "InvalidParameter.AssumeRolePolicyDocument.");
  EXPECT_EQ(entity(realm.bad(realm.roles.update({}, UpdateRole{kS, "s", {}, {}, {}}))), "EntityNotExist.Role");
}

TEST_F(Entities, TrustMayNameOnlyExistingPrincipalsOfTheOwnAccount) {
  EXPECT_EQ(field(realm.bad(realm.roles.create({}, CreateRole{kS, "r", trust_of("acs:ram::1000000000000001:user/nobody"), "", {}}))),
            "InvalidParameter.AssumeRolePolicyDocument.");
  realm.role(kS, "r", trust_of("acs:ram::2000000000000002:user/nobody"));  // of another account: no existence oracle
  realm.user(kS, "ann");
  realm.role(kS, "s", trust_of("acs:ram::1000000000000001:user/Ann"));
}

TEST_F(Entities, ARoleWithPoliciesCannotBeDeleted) {
  realm.role(kS, "r");
  realm.good(realm.policies.attach({}, {kS, PolicyType::kSystem, "AliyunOSSFullAccess"}, {EntityKind::kRole, "r"}));
  EXPECT_EQ(entity(realm.bad(realm.roles.erase({}, kS, "R"))), "DeleteConflict.Role.Policy");
  realm.good(realm.policies.detach({}, {kS, PolicyType::kSystem, "AliyunOSSFullAccess"}, {EntityKind::kRole, "R"}));
  realm.good(realm.roles.erase({}, kS, "R"));
  EXPECT_EQ(entity(realm.roles.get(kS, "r").error()), "EntityNotExist.Role");
}

TEST_F(Entities, PolicyVersionsAreNeverNumberedAgain) {
  const PolicyName name{kS, PolicyType::kCustom, "p"};
  realm.good(realm.policies.create({}, {kS, "p", allow(R"("oss:Get*")"), "text"}));
  for (std::uint32_t number = 2; number <= 5; ++number) {
    EXPECT_EQ(realm.good(realm.policies.create_version({}, {kS, "p", allow(R"("oss:*")"), false, false})).number, number);
  }
  EXPECT_EQ(entity(realm.bad(realm.policies.create_version({}, {kS, "p", allow(R"("oss:*")"), false, false}))),
            "LimitExceeded.Policy.Version");
  realm.good(realm.policies.erase_version({}, name, 5));
  EXPECT_EQ(realm.good(realm.policies.create_version({}, {kS, "p", allow(R"("oss:*")"), false, false})).number, 6u);
  EXPECT_EQ(realm.good(realm.policies.create_version({}, {kS, "p", allow(R"("oss:*")"), true, true})).number, 7u);  // rotates v2 out
  const PolicyEntry policy = *realm.policies.get(name);
  EXPECT_EQ(policy.default_version, 7u);
  EXPECT_EQ(policy.find(2), nullptr);
  EXPECT_NE(policy.find(1), nullptr);
  EXPECT_EQ(entity(realm.bad(realm.policies.erase_version({}, name, 7))), "DeleteConflict.Policy.Version.Default");
  EXPECT_EQ(entity(realm.bad(realm.policies.set_default_version({}, name, 2))), "EntityNotExist.Policy.Version");
  realm.good(realm.policies.set_default_version({}, name, 1));
  EXPECT_EQ(realm.policies.get(name)->default_version, 1u);
  EXPECT_EQ(*parse_policy_version("v12"), 12u);
  EXPECT_FALSE(parse_policy_version("12"));
  EXPECT_FALSE(parse_policy_version("v0"));
}

TEST_F(Entities, TheDefaultVersionIsWhatCounts) {
  const UserEntry ann = realm.user(kS, "ann");
  realm.grant(kS, {EntityKind::kUser, "ann"}, "p", allow(R"("oss:Get*")"));
  const auto may_put = [&] {
    const auto attached = realm.directory.view().attached(EntityKind::kUser, ann.id.get());
    const NamedPolicy policy{"p", attached->at(0).document.get()};
    return evaluate({&policy, 1}, {Principal(User{kS, ann.id, "ann"}).policy_caller(), "oss:PutObject", "acs:oss:::b/k", {}}).verdict ==
           PolicyVerdict::kAllow;
  };
  EXPECT_FALSE(may_put());
  realm.good(realm.policies.create_version({}, {kS, "p", allow(R"("oss:*")"), false, false}));
  EXPECT_FALSE(may_put());
  realm.good(realm.policies.set_default_version({}, {kS, PolicyType::kCustom, "p"}, 2));
  EXPECT_TRUE(may_put());
}

TEST_F(Entities, AttachmentsAreUniqueLimitedAndListedFromBothEnds) {
  realm.user(kS, "ann");
  realm.role(kS, "r");
  realm.grant(kS, {EntityKind::kUser, "ann"}, "p", allow(R"("oss:Get*")"));
  const PolicyName name{kS, PolicyType::kCustom, "p"};
  EXPECT_EQ(entity(realm.bad(realm.policies.attach({}, {kS, PolicyType::kCustom, "P"}, {EntityKind::kUser, "Ann"}))),
            "EntityAlreadyExists.User.Policy");
  EXPECT_EQ(entity(realm.bad(realm.policies.detach({}, name, {EntityKind::kRole, "r"}))), "EntityNotExist.Role.Policy");
  EXPECT_EQ(entity(realm.bad(realm.policies.attach({}, {kS, PolicyType::kCustom, "q"}, {EntityKind::kRole, "r"}))),
            "EntityNotExist.Policy");
  EXPECT_EQ(entity(realm.bad(realm.policies.attach({}, name, {EntityKind::kRole, "nobody"}))), "EntityNotExist.Role");
  realm.good(realm.policies.attach({}, name, {EntityKind::kRole, "r"}));
  EXPECT_EQ(realm.policies.attachment_count(name), 2u);
  const auto entities = *realm.policies.entities_of(name);
  ASSERT_EQ(entities.size(), 2u);
  EXPECT_EQ(entities[0].name, "r");
  EXPECT_EQ(entities[1].name, "ann");
  EXPECT_EQ(realm.policies.attached_to(kS, {EntityKind::kRole, "r"})->at(0).policy.name, "p");
  for (int i = 0; i < 9; ++i) realm.grant(kS, {EntityKind::kUser, "ann"}, "p" + std::to_string(i), allow(R"("oss:Get*")"));
  realm.good(realm.policies.create({}, {kS, "eleventh", allow(R"("oss:Get*")"), ""}));
  EXPECT_EQ(entity(realm.bad(realm.policies.attach({}, {kS, PolicyType::kCustom, "eleventh"}, {EntityKind::kUser, "ann"}))),
            "LimitExceeded.User.Policy");
  realm.good(realm.policies.attach({}, {kS, PolicyType::kSystem, "AliyunOSSFullAccess"}, {EntityKind::kUser, "ann"}));
}

TEST_F(Entities, PoliciesAreDeletedWhenNothingHangsOnThem) {
  const PolicyName name{kS, PolicyType::kCustom, "p"};
  realm.user(kS, "ann");
  realm.grant(kS, {EntityKind::kUser, "ann"}, "p", allow(R"("oss:Get*")"));
  EXPECT_EQ(entity(realm.bad(realm.policies.erase({}, name, false))), "DeleteConflict.Policy.User");
  realm.good(realm.policies.detach({}, name, {EntityKind::kUser, "ann"}));
  realm.good(realm.policies.create_version({}, {kS, "p", allow(R"("oss:*")"), true, false}));
  EXPECT_EQ(entity(realm.bad(realm.policies.erase({}, name, false))), "DeleteConflict.Policy.Version");
  realm.good(realm.policies.attach({}, name, {EntityKind::kUser, "ann"}));
  realm.good(realm.policies.erase({}, name, true));
  EXPECT_EQ(entity(realm.policies.get(name).error()), "EntityNotExist.Policy");
  EXPECT_TRUE(realm.policies.attached_to(kS, {EntityKind::kUser, "ann"})->empty());
}

TEST_F(Entities, MalformedAndSystemPoliciesAreRefused) {
  EXPECT_EQ(realm.bad(realm.policies.create({}, {kS, "p", "{}", ""})).code(), ErrorCode::kMalformedPolicyDocument);
  EXPECT_EQ(field(realm.bad(realm.policies.create({}, {kS, "a_b", allow(R"("*")"), ""}))), "InvalidParameter.PolicyName.InvalidChars");
  EXPECT_EQ(entity(realm.bad(realm.policies.create({}, {kS, "aliyunossfullaccess", allow(R"("*")"), ""}))), "EntityAlreadyExists.Policy");
  EXPECT_EQ(realm.bad(realm.policies.erase({}, {kS, PolicyType::kSystem, "AliyunOSSFullAccess"}, true)).code(), ErrorCode::kNoPermission);
  for (const PolicyEntry& policy : realm.policies.list(kS, PolicyType::kSystem, {}).items) {
    EXPECT_TRUE(parse_identity_policy(policy.find(policy.default_version)->document)) << policy.name;
  }
}

TEST_F(Entities, ListingsGoOnBehindTheMarkerInNameOrder) {
  for (const char* name : {"delta", "Alpha", "charlie", "Bravo"}) realm.user(kS, name);
  realm.user(kD, "other");
  Page<UserEntry> page = realm.users.list(kS, {"", 3});
  ASSERT_EQ(page.items.size(), 3u);
  EXPECT_EQ(page.items[0].name, "Alpha");
  EXPECT_EQ(page.items[1].name, "Bravo");
  EXPECT_FALSE(page.next_marker.empty());
  page = realm.users.list(kS, {page.next_marker, 3});
  ASSERT_EQ(page.items.size(), 1u);
  EXPECT_EQ(page.items[0].name, "delta");
  EXPECT_TRUE(page.next_marker.empty());
}

TEST_F(Entities, PoliciesOfBothTypesAreListedOnceEachWhateverThePageSize) {
  for (const char* name : {"alpha", "beta", "gamma"}) realm.good(realm.policies.create({}, {kS, name, allow(R"("oss:*")"), ""}));
  const std::size_t total = realm.policies.list(kS, std::nullopt, {"", 1000}).items.size();
  for (std::size_t size = 1; size <= total + 1; ++size) {
    std::vector<std::string> names;
    std::string marker;
    do {
      const Page<PolicyEntry> page = realm.policies.list(kS, std::nullopt, {marker, size});
      for (const PolicyEntry& policy : page.items) names.push_back(policy.name);
      marker = page.next_marker;
    } while (!marker.empty() && names.size() <= total);
    EXPECT_EQ(names.size(), total) << size;
    EXPECT_EQ(names.back(), "gamma");
  }
}

TEST_F(Entities, QuotasHold) {
  Quotas small;
  small.users = 1;
  small.roles = 1;
  small.policies = 1;
  Users users(realm.node.runtime, realm.directory, small);
  Roles roles(realm.node.runtime, realm.directory, small);
  Policies policies(realm.node.runtime, realm.directory, small);
  realm.good(users.create({}, CreateUser{kS, "a", "", "", "", ""}));
  EXPECT_EQ(entity(realm.bad(users.create({}, CreateUser{kS, "b", "", "", "", ""}))), "LimitExceeded.User");
  realm.good(roles.create({}, CreateRole{kS, "a", kTrustOss, "", {}}));
  EXPECT_EQ(entity(realm.bad(roles.create({}, CreateRole{kS, "b", kTrustOss, "", {}}))), "LimitExceeded.Role");
  realm.good(policies.create({}, {kS, "a", allow(R"("*")"), ""}));
  EXPECT_EQ(entity(realm.bad(policies.create({}, {kS, "b", allow(R"("*")"), ""}))), "LimitExceeded.Policy");
}

TEST_F(Entities, ABucketNameBelongsToOneIdInTheRealm) {
  const BucketEntry bucket{BucketName("photos"), BucketId(7), kS, RegionId("cn-hangzhou"), 1};
  realm.good(realm.buckets.register_bucket({}, bucket));
  realm.good(realm.buckets.register_bucket({}, bucket));  // repeated after a lost answer
  EXPECT_EQ(*realm.buckets.find(BucketName("photos")), bucket);
  BucketEntry other = bucket;
  other.id = BucketId(8);
  EXPECT_EQ(realm.bad(realm.buckets.register_bucket({}, other)).detail("Owner"), "Self");
  other.owner = kD;
  const Error taken = realm.bad(realm.buckets.register_bucket({}, other));
  EXPECT_EQ(taken.code(), ErrorCode::kBucketAlreadyExists);
  EXPECT_EQ(taken.detail("Owner"), "Other");
  realm.good(realm.buckets.unregister_bucket({}, bucket.name, BucketId(8)));  // not its holder: nothing happens
  EXPECT_NE(realm.buckets.find(bucket.name), nullptr);
  realm.good(realm.buckets.unregister_bucket({}, bucket.name, BucketId(7)));
  EXPECT_EQ(realm.buckets.find(bucket.name), nullptr);
  realm.good(realm.buckets.register_bucket({}, other));
  EXPECT_EQ(realm.bad(realm.buckets.register_bucket({}, BucketEntry{BucketName("Photos"), BucketId(9), kS, RegionId("r"), 1})).code(),
            ErrorCode::kInvalidBucketName);
}

TEST_F(Entities, BucketsOfAnAccountAreListedByPrefixAndMarker) {
  std::uint64_t id = 1;
  for (const char* name : {"logs-b", "logs-a", "photos", "logs-c"}) {
    realm.good(realm.buckets.register_bucket({}, {BucketName(name), BucketId(id++), kS, RegionId("r"), 1}));
  }
  realm.good(realm.buckets.register_bucket({}, {BucketName("logs-z"), BucketId(id++), kD, RegionId("r"), 1}));
  const Directory& view = realm.directory.view();
  Page<BucketEntry> page = view.buckets(kS, "logs", {"", 2});
  ASSERT_EQ(page.items.size(), 2u);
  EXPECT_EQ(page.items[0].name.get(), "logs-a");
  EXPECT_EQ(page.next_marker, "logs-b");
  page = view.buckets(kS, "logs", {page.next_marker, 2});
  ASSERT_EQ(page.items.size(), 1u);
  EXPECT_EQ(page.items[0].name.get(), "logs-c");
  EXPECT_TRUE(page.next_marker.empty());
  Quotas one;
  one.buckets = 4;
  BucketRegistry registry(realm.node.runtime, realm.directory, one);
  EXPECT_EQ(realm.bad(registry.register_bucket({}, {BucketName("more"), BucketId(id++), kS, RegionId("r"), 1})).code(),
            ErrorCode::kTooManyBuckets);
  realm.good(registry.register_bucket({}, {BucketName("more"), BucketId(id++), kS, RegionId("elsewhere"), 1}));
}

}  // namespace
}  // namespace farshore::identity
