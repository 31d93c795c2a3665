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
    settings.policy = R"({"Version":"1","Statement":[{"Effect":"Allow","Action":["oss:ReplicatePut","oss:ReplicateDelete"],)"
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

/// What a former opening had under way is either known to the next one or never comes: else it could land behind what that one sends.
TEST_F(ReceiverStamps, WhatIsUnderWayIsInTheNextPositionOrNeverCommitted) {
  const StreamOpen open{RuleId("backup"), PartitionId{BucketId(11), 0}, BucketId(1), 1, 0, kFar};
  struct Call {
    static Task<void> apply(Receiver* receiver, ChangeMessage message, std::optional<Result<Outcome>>* out) { out->emplace(co_await receiver->apply({}, std::move(message), {})); }
  };
  std::size_t committed = 0, refused = 0;
  for (std::uint64_t i = 1; i <= 60; ++i) {
    TaskScope scope(realm.loop);
    std::optional<Result<Outcome>> outcome;
    scope.spawn(Call::apply(&receiver, change(i, "key-" + std::to_string(i)), &outcome));
    const std::uint64_t until = realm.loop.steps() + i % 20;
    realm.loop.run_until([&] { return realm.loop.steps() >= until; });
    const auto position = realm.good(receiver.open_stream({}, open));
    realm.loop.run_until([&] { return scope.size() == 0; });
    ASSERT_TRUE(outcome);
    const bool known = std::ranges::find(position.applied, Sequence(i)) != position.applied.end();
    EXPECT_EQ(outcome->has_value(), known) << i;
    EXPECT_EQ(there("key-" + std::to_string(i)), known) << i;
    ++(known ? committed : refused);
  }
  EXPECT_GT(committed, 0u);
  EXPECT_GT(refused, 0u);
}

TEST_F(ReceiverStamps, WithoutVersioningADeletionBehindALaterChangeOfItsKeyDoesNothing) {
  const StreamOpen open{RuleId("backup"), PartitionId{BucketId(11), 0}, BucketId(1), 1, 0, kFar};
  const auto deletion = [&](std::uint64_t sequence, const std::string& key) {
    ChangeMessage message = change(sequence, key);
    message.kind = ChangeKind::kDeleteVersion;
    message.deletion = ahead(0);
    return message;
  };
  EXPECT_EQ(applied(change(10, "key")), "ok");
  EXPECT_EQ(applied(change(10, "other")), "ok") << "taken for the same change, whatever it says";
  EXPECT_EQ(applied(change(12, "other")), "ok");
  for (int life = 0; life < 2; ++life) {
    EXPECT_EQ(realm.good(receiver.apply({}, deletion(5, "key"), {})), Outcome::kSuperseded) << life;
    EXPECT_TRUE(there("key")) << life;
    realm.good(receiver.open_stream({}, open));  // knows it from the rows
  }
  EXPECT_EQ(applied(deletion(11, "key")), "ok");
  EXPECT_FALSE(there("key")) << "a later one ends it";
  EXPECT_TRUE(there("other"));
}

TEST_F(ReceiverStamps, AnOpeningSaysWhetherRangesMayBeThere) {
  const StreamOpen open{RuleId("backup"), PartitionId{BucketId(11), 0}, BucketId(1), 1, 0, kFar};
  EXPECT_FALSE(realm.good(receiver.open_stream({}, open)).staging);
  EXPECT_TRUE(realm.run(receiver.stage_range({}, StageRange{open.rule, open.source, "large", 0, ObjectKey("key"), Encryption::kNone}, memory_body("content"))));
  EXPECT_TRUE(realm.good(receiver.open_stream({}, open)).staging);
}

/// A range is named by its content, so it is good for any opening: what has crossed the line need not cross it again.
TEST_F(ReceiverStamps, ARangeOutlivesTheOpeningUnderWhichItBegan) {
  const StreamOpen open{RuleId("backup"), PartitionId{BucketId(11), 0}, BucketId(1), 1, 0, kFar};
  class Slow : public BodySource {
   public:
    explicit Slow(Executor& executor) : more(executor) {}
    Task<Result<Buffer>> read(OpContext op) override {
      if (!std::exchange(begun, true)) co_return Buffer(Bytes("arrived"));
      CO_TRY_OK(woken_result(co_await more.wait(op)));
      co_return Error(ErrorCode::kConnectionClosed, "cut");
    }
    std::optional<std::uint64_t> length() const override { return std::nullopt; }
    bool begun = false;
    Signal more;
  };
  auto body = std::make_unique<Slow>(realm.loop);
  Signal& more = body->more;
  struct Call {
    static Task<void> stage(Receiver* receiver, StageRange range, std::unique_ptr<BodySource> body) { static_cast<void>(co_await receiver->stage_range({}, std::move(range), std::move(body))); }
  };
  TaskScope scope(realm.loop);
  scope.spawn(Call::stage(&receiver, StageRange{open.rule, open.source, "large", 0, ObjectKey("key"), Encryption::kNone}, std::move(body)));
  realm.loop.run_until([&] { return more.has_waiters(); });
  EXPECT_TRUE(realm.good(receiver.open_stream({}, open)).staging);
  more.notify_all();
  realm.loop.run_until([&] { return scope.size() == 0; });
  const auto ranges = realm.good(receiver.staged_ranges({}, StagedQuery{open.rule, open.source, "large"}));
  ASSERT_EQ(ranges.size(), 1u);
  EXPECT_EQ(ranges[0].size, 7u);
}

TEST_F(ReceiverRules, IdsThatWouldMixUpRowsAreRefused) {
  EXPECT_EQ(outcome(rule("", "first", 11)), invalid);
  EXPECT_EQ(outcome(rule(std::string("a\0b", 3), "first", 11)), invalid);
  EXPECT_EQ(outcome(rule(std::string(256, 'a'), "first", 11)), invalid);
}

}  // namespace
}  // namespace farshore::replication
