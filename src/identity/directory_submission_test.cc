// SPDX-License-Identifier: Apache-2.0
#include "identity/directory_submission.h"

#include "identity/realm_test.h"

namespace farshore::identity {
namespace {

const RegionId kNear("cn-hangzhou");
const RegionId kFar("cn-beijing");

struct Submission : ::testing::Test {
  Submission() {
    realm.make_accounts();
    realm.good(realm.accounts.create({}, CreateAccount{"near", kOnlyNear, {kNear}, {}}));
  }
  /// The name of what came of it: "ok" or the code.
  std::string judged(const DirectoryBatch& batch, const RegionId& from = kFar) {
    const auto result = check_submission(realm.directory.view(), batch, from);
    return result ? "ok" : std::string(error_code_name(result.error().code()));
  }
  DirectoryBatch putting(const Bytes& key, Bytes entry) {
    DirectoryBatch batch;
    batch.expect_version(key, realm.directory.view().version(key));
    batch.put(key, std::move(entry));
    return batch;
  }
  DirectoryBatch erasing(const Bytes& key) {
    DirectoryBatch batch;
    batch.expect_version(key, realm.directory.view().version(key));
    batch.erase(key);
    return batch;
  }
  static BucketEntry bucket(const RegionId& region) { return BucketEntry{BucketName("far-bucket"), BucketId(7), kS, region, 1}; }
  static UserEntry user_entry(const AccountUid& account, const std::string& id) { return UserEntry{account, UserId(id), "ann", "", "", "", "", 1, 1, 0}; }

  const std::string denied{error_code_name(ErrorCode::kAccessDenied)};
  const std::string malformed{error_code_name(ErrorCode::kProtocolViolation)};
  const AccountUid kOnlyNear{"3000000000000003"};
  Realm realm;
};

TEST_F(Submission, ARegionWritesItsOwnBucketsAndNoOthers) {
  const Bytes row = bucket_row(BucketName("far-bucket"));
  EXPECT_EQ(judged(putting(row, encode(bucket(kFar)))), "ok");
  EXPECT_EQ(judged(putting(row, encode(bucket(kNear)))), denied);
  BucketEntry imposed = bucket(kFar);
  imposed.owner = kOnlyNear;
  EXPECT_EQ(judged(putting(row, encode(imposed))), denied);
  realm.good(realm.buckets.register_bucket({}, bucket(kNear)));
  EXPECT_EQ(judged(putting(row, encode(bucket(kFar)))), denied);
  EXPECT_EQ(judged(erasing(row)), denied);
  EXPECT_EQ(judged(erasing(row), kNear), "ok");
}

TEST_F(Submission, ARegionWritesItsOwnMintingKeyAndNoOther) {
  const auto key = [](const RegionId& region) { return encode(MintingKeyEntry{region, "sealed", 1}); };
  EXPECT_EQ(judged(putting(minting_key_row(kFar), key(kFar))), "ok");
  EXPECT_EQ(judged(putting(minting_key_row(kNear), key(kNear))), denied);
  EXPECT_EQ(judged(erasing(minting_key_row(kNear))), denied);
}

TEST_F(Submission, AnAccountLimitedToOtherRegionsIsOutOfReach) {
  EXPECT_EQ(judged(putting(user_row(kS, "ann"), encode(user_entry(kS, "200000000000000001")))), "ok");
  const auto theirs = putting(user_row(kOnlyNear, "ann"), encode(user_entry(kOnlyNear, "200000000000000001")));
  EXPECT_EQ(judged(theirs), denied);
  EXPECT_EQ(judged(theirs, kNear), "ok");
  EXPECT_EQ(judged(putting(account_row(kOnlyNear), encode(AccountEntry{kOnlyNear, "near", {}, 1, 0}))), denied);
  const AccessKeyEntry root = realm.directory.view().access_keys(kOnlyNear, UserId()).at(0);
  EXPECT_EQ(judged(erasing(access_key_row(root.id))), denied);
  AccessKeyEntry stolen = root;
  stolen.account = kS;
  EXPECT_EQ(judged(putting(access_key_row(root.id), encode(stolen))), denied);
}

TEST_F(Submission, AnAccountIsMadeTogetherWithItsRootKey) {
  const AccountUid fresh("4000000000000004");
  const AccessKeyEntry key{AccessKeyId("LTAIfresh"), fresh, UserId(), true, 1, "sealed"};
  auto batch = putting(access_key_row(key.id), encode(key));
  EXPECT_EQ(judged(batch), denied) << "a key for whoever gets that uid later";
  batch.expect_absent(account_row(fresh));
  batch.put(account_row(fresh), encode(AccountEntry{fresh, "fresh", {}, 1, 0}));
  EXPECT_EQ(judged(batch), "ok");
}

TEST_F(Submission, EntitiesOfOthersAreNotReachedThroughTheirIds) {
  const UserEntry victim = realm.user(kOnlyNear, "victim");
  EXPECT_EQ(judged(putting(user_row(kS, "ann"), encode(user_entry(kS, victim.id.get())))), denied);
  const AccessKeyEntry key{AccessKeyId("LTAIevil"), kS, victim.id, true, 1, "sealed"};
  EXPECT_EQ(judged(putting(access_key_row(key.id), encode(key))), denied);
  const AttachmentEntry attached{EntityKind::kUser, victim.id.get(), kS, PolicyType::kSystem, "AdministratorAccess", 1};
  EXPECT_EQ(judged(putting(attachment_row(attached.kind, attached.entity, attached.type, attached.policy), encode(attached))), denied);
}

TEST_F(Submission, RowsThatWouldMakeTheDirectoryUnreadableAreRefused) {
  EXPECT_EQ(judged(putting(user_row(kS, "ann"), "\x0a\x7f")), malformed);
  EXPECT_EQ(judged(putting(user_row(kS, "bob"), encode(user_entry(kS, "200000000000000001")))), malformed);
  EXPECT_EQ(judged(putting(directory_head_row(), "x")), malformed);
  EXPECT_EQ(judged(putting("", "x")), malformed);
  EXPECT_EQ(judged(putting("Zoo", "x")), malformed);
  EXPECT_EQ(judged(putting("A1", encode(AccountEntry{AccountUid("1"), "one", {}, 1, 0}))), malformed);
  DirectoryBatch blind;
  blind.put(bucket_row(BucketName("far-bucket")), encode(bucket(kFar)));
  EXPECT_EQ(judged(blind), malformed);
  BucketEntry large = bucket(kFar);
  large.owner = AccountUid(std::string(kSubmissionBytesMax, '1'));
  EXPECT_EQ(judged(putting(bucket_row(large.name), encode(large))), malformed);
}

TEST_F(Submission, WhatIsStaleIsLeftToTheCommit) {
  DirectoryBatch batch;
  batch.expect_version(bucket_row(BucketName("far-bucket")), DirectorySequence(99));
  batch.erase(bucket_row(BucketName("far-bucket")));
  EXPECT_EQ(judged(batch), "ok");
  EXPECT_EQ(realm.bad(realm.directory.submit({}, batch)).code(), ErrorCode::kExpectationFailed);
}

TEST_F(Submission, EverythingTheServicesWriteIsAcceptedFromARegionTheAccountAccepts) {
  /// Submits as a follower would, through the check.
  struct Checked : DirectoryWriter {
    explicit Checked(Realm& at) : home(at) {}
    Task<Result<DirectorySequence>> submit(OpContext, DirectoryBatch batch) override {
      CO_TRY_OK(check_submission(home.directory.view(), batch, kFar));
      co_return home.run(home.directory.submit({}, std::move(batch)));
    }
    Realm& home;
  };
  Realm follower;
  Checked writer(realm);
  follower.directory.follow(writer);
  const auto follow = [&] {
    auto changes = realm.good(realm.directory.read_feed({}, follower.directory.sequence(), 1000));
    follower.good(follower.directory.apply_feed({}, std::move(changes)));
  };
  follow();
  // The follower's own services decide on its copy; the home judges what they submit.
  const auto sent = [&]<class T>(Task<Result<T>> task) {
    auto result = follower.run(std::move(task));
    EXPECT_TRUE(result) << result.error().text();
    follow();
  };
  sent(follower.accounts.create({}, CreateAccount{"third", AccountUid("5000000000000005"), {kNear}, {}}));
  sent(follower.users.create({}, CreateUser{kS, "ann", "", "", "", ""}));
  UpdateUser rename;
  rename.account = kS;
  rename.name = "ann";
  rename.new_name = "Anna";
  sent(follower.users.update({}, rename));
  sent(follower.keys.create({}, KeyOwner{kS, "anna"}));
  sent(follower.roles.create({}, CreateRole{kS, "FarCrr", kTrustOss, "", {}}));
  sent(follower.policies.create({}, CreatePolicy{kS, "Mine", allow(R"("oss:*")"), ""}));
  for (const EntityName& entity : {EntityName{EntityKind::kUser, "anna"}, EntityName{EntityKind::kRole, "FarCrr"}}) {
    sent(follower.policies.attach({}, PolicyName{kS, PolicyType::kCustom, "Mine"}, entity));
    sent(follower.policies.attach({}, PolicyName{kS, PolicyType::kSystem, "AliyunOSSFullAccess"}, entity));
    sent(follower.policies.detach({}, PolicyName{kS, PolicyType::kCustom, "Mine"}, entity));
  }
  sent(follower.buckets.register_bucket({}, bucket(kFar)));
  sent(follower.buckets.unregister_bucket({}, BucketName("far-bucket"), BucketId(7)));
  sent(follower.policies.erase({}, PolicyName{kS, PolicyType::kCustom, "Mine"}, true));
}

}  // namespace
}  // namespace farshore::identity
