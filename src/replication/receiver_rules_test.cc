// SPDX-License-Identifier: Apache-2.0
#include "replication/receiver.h"

#include "identity/realm_test.h"
#include "keys/key_wrapper.h"

namespace farshore::replication {
namespace {

const RegionId kHere("cn-hangzhou");
const RegionId kFar("cn-beijing");
using identity::kD;
using identity::kS;

/// A destination region with one bucket that lets two roles of the source's account replicate into it.
struct ReceiverRules : ::testing::Test {
  ReceiverRules()
      : wrapper(keys::RootKey::from(Secret(std::string(32, 'r'))).value(), realm.loop.random()),
        objects(objects::Stores{realm.store, realm.store, wrapper, realm.node.runtime}),
        receiver(realm.node.runtime, objects, realm.directory, realm.sessions, kHere) {
    realm.make_accounts();
    role = realm.role(kS, "FarCrr").id;
    known_source("first", 11);
    known_source("second", 12);
    BucketSettings settings;
    settings.id = BucketId(1);
    settings.name = BucketName("target");
    settings.owner = kD;
    settings.region = kHere;
    settings.policy = R"({"Version":"1","Statement":[{"Effect":"Allow","Action":["oss:ReplicatePut"],)"
                      R"("Principal":["arn:sts::1000000000000001:assumed-role/farcrr/*"],"Resource":["acs:oss:*:2000000000000002:target","acs:oss:*:2000000000000002:target/*"]}]})";
    realm.good(objects.buckets().create({}, std::move(settings)));
  }
  void known_source(const std::string& name, std::uint64_t id) {
    realm.good(realm.buckets.register_bucket({}, identity::BucketEntry{BucketName(name), BucketId(id), kS, kFar, 1}));
  }
  RegisterRule rule(const std::string& id, const std::string& source, std::uint64_t bucket) {
    RegisterRule asked;
    asked.rule.id = RuleId(id);
    asked.rule.source_bucket = BucketId(bucket);
    asked.rule.source_name = BucketName(source);
    asked.rule.source_region = kFar;
    asked.rule.source_owner = kS;
    asked.rule.sync_role = role;
    asked.destination = BucketId(1);
    asked.destination_name = BucketName("target");
    return asked;
  }
  std::string outcome(RegisterRule asked) {
    const auto done = realm.run(receiver.register_rule({}, std::move(asked)));
    return done ? "ok" : std::string(error_code_name(done.error().code()));
  }
  const std::string denied{error_code_name(ErrorCode::kAccessDenied)};
  const std::string invalid{error_code_name(ErrorCode::kInvalidArgument)};

  identity::Realm realm;
  keys::RootKeyWrapper wrapper;
  objects::Objects objects;
  Receiver receiver;
  RoleId role;
};

TEST_F(ReceiverRules, AnIdIsNotTakenOverFromAnotherSource) {
  EXPECT_EQ(outcome(rule("backup", "first", 11)), "ok");
  EXPECT_EQ(outcome(rule("backup", "first", 11)), "ok") << "a repeated request";
  EXPECT_EQ(outcome(rule("backup", "second", 12)), invalid);
  EXPECT_TRUE(realm.run(receiver.confirm_rule({}, RuleReference{RuleId("backup"), BucketId(1), kFar})));
  const auto position = realm.run(receiver.open_stream({}, StreamOpen{RuleId("backup"), PartitionId{BucketId(11), 0}, BucketId(1), 1, 0, kFar}));
  EXPECT_TRUE(position) << "the first rule still writes";
  EXPECT_EQ(receiver.stream_owner(RuleId("backup"), PartitionId{BucketId(11), 0}), kFar);
  EXPECT_EQ(receiver.stream_owner(RuleId("backup"), PartitionId{BucketId(12), 0}), std::nullopt);
}

TEST_F(ReceiverRules, TheSourceIsWhatTheDirectorySaysItIs) {
  EXPECT_EQ(outcome(rule("a", "first", 12)), denied);
  EXPECT_EQ(outcome(rule("a", "nowhere", 11)), denied);
  auto elsewhere = rule("a", "first", 11);
  elsewhere.rule.source_region = kHere;
  EXPECT_EQ(outcome(elsewhere), denied);
  auto other_owner = rule("a", "first", 11);
  other_owner.rule.source_owner = kD;
  EXPECT_EQ(outcome(other_owner), denied);
}

TEST_F(ReceiverRules, ARoleOfAnotherAccountIsNotUsed) {
  auto asked = rule("a", "first", 11);
  asked.rule.sync_role = realm.role(kD, "Deputy").id;
  EXPECT_EQ(outcome(asked), denied);
}

/// A change of the first source's rule, stamped `ahead` from now.
struct ReceiverStamps : ReceiverRules {
  static constexpr std::int64_t kYear = std::int64_t{366} * 24 * 3600 * 1000;
  ReceiverStamps() {
    EXPECT_EQ(outcome(rule("backup", "first", 11)), "ok");
    EXPECT_TRUE(realm.run(receiver.open_stream({}, StreamOpen{RuleId("backup"), PartitionId{BucketId(11), 0}, BucketId(1), 1, 0, kFar})));
    bucket = realm.good(objects.buckets().open({}, BucketId(1)));
  }
  ChangeMessage change(std::uint64_t sequence, const std::string& key) {
    ChangeMessage message;
    message.rule = RuleId("backup");
    message.source = PartitionId{BucketId(11), 0};
    message.epoch = 1;
    message.sequence = Sequence(sequence);
    message.kind = ChangeKind::kPutVersion;
    message.key = ObjectKey(key);
    message.version.kind = VersionKind::kData;
    message.version.order = ahead(0);
    return message;
  }
  Order ahead(std::int64_t millis) {
    Order order;
    order.time = HybridTime::at_millis(bucket->now_millis() + millis);
    order.region = RegionNumber(2);
    return order;
  }
  std::string applied(ChangeMessage message) {
    const auto done = realm.run(receiver.apply({}, std::move(message), {}));
    return done ? "ok" : std::string(error_code_name(done.error().code()));
  }
  bool there(const std::string& key) { return realm.good(objects::find_any({}, bucket, objects::ObjectRef{ObjectKey(key), {}})).has_value(); }
  const std::string violation{error_code_name(ErrorCode::kProtocolViolation)};
  objects::BucketRef bucket;
};

TEST_F(ReceiverStamps, AClockThatIsYearsAheadIsSurvivedAndOneNearTheEndOfTimeRefused) {
  auto early = change(1, "early");
  early.version.order = ahead(9 * kYear);
  EXPECT_EQ(applied(early), "ok");
  EXPECT_TRUE(there("early"));

  auto late = change(2, "late");
  late.version.order = ahead(11 * kYear);
  EXPECT_EQ(applied(late), violation);
  auto last = change(3, "last");
  last.version.order.time = HybridTime{~std::uint64_t{0}};
  EXPECT_EQ(applied(last), violation);
  EXPECT_FALSE(there("late") || there("last"));
}

TEST_F(ReceiverStamps, ADeletionIsBoundByBothOfItsStamps) {
  for (const bool content : {false, true}) {
    auto deletion = change(content ? 1 : 2, "key");
    deletion.kind = ChangeKind::kDeleteVersion;
    (content ? deletion.content : deletion.deletion) = ahead(11 * kYear);
    EXPECT_EQ(applied(deletion), violation) << content;
  }
}

TEST_F(ReceiverStamps, TagsAndAclsAreBoundAsWell) {
  auto tags = change(1, "tags");
  tags.version.tags_stamp.time = ahead(11 * kYear).time;
  EXPECT_EQ(applied(tags), violation);
  auto acl = change(2, "acl");
  acl.version.acl_stamp.time = ahead(11 * kYear).time;
  EXPECT_EQ(applied(acl), violation);
}

TEST_F(ReceiverStamps, ARefusedStampDoesNotMoveTheClockNorThePosition) {
  const HybridTime before = bucket->partition().stamp();
  auto late = change(7, "late");
  late.version.order = ahead(11 * kYear);
  EXPECT_EQ(applied(late), violation);
  EXPECT_LT(bucket->partition().stamp().millis(), before.millis() + kYear);
  EXPECT_EQ(applied(change(7, "late")), "ok") << "the same number, stamped well";
  EXPECT_TRUE(there("late"));
}

TEST_F(ReceiverStamps, ASettleCallThatMeetsALaterOpeningIsRefused) {
  const StreamOpen open{RuleId("backup"), PartitionId{BucketId(11), 0}, BucketId(1), 1, 0, kFar};
  const auto first = realm.good(receiver.open_stream({}, open));
  const auto second = realm.good(receiver.open_stream({}, open));
  StreamOpen late = open;
  late.opening = first.opening;
  const auto refused = realm.run(receiver.settle({}, late, Sequence(5)));
  EXPECT_EQ(refused.error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(realm.good(receiver.open_stream({}, open)).low_water, second.low_water) << "nothing was folded";
}

TEST_F(ReceiverStamps, AHistoryMarkIsKeptAndNeverGoesBack) {
  StreamOpen open{RuleId("backup"), PartitionId{BucketId(11), 0}, BucketId(1), 1, 0, kFar};
  const auto settle = [&](std::uint64_t mark) {
    open.opening = realm.good(receiver.open_stream({}, open)).opening;
    open.history_mark = mark;
    EXPECT_TRUE(realm.run(receiver.settle({}, open, Sequence(0))));
    return realm.good(receiver.open_stream({}, open)).history_mark;
  };
  EXPECT_EQ(settle(3), 3u);
  EXPECT_EQ(settle(2), 3u);
  EXPECT_EQ(settle(4), 4u);
}

TEST_F(ReceiverRules, IdsThatWouldMixUpRowsAreRefused) {
  EXPECT_EQ(outcome(rule("", "first", 11)), invalid);
  EXPECT_EQ(outcome(rule(std::string("a\0b", 3), "first", 11)), invalid);
  EXPECT_EQ(outcome(rule(std::string(256, 'a'), "first", 11)), invalid);
}

}  // namespace
}  // namespace farshore::replication
