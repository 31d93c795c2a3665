// SPDX-License-Identifier: Apache-2.0
#include "identity/directory_store.h"

#include "identity/realm_test.h"

namespace farshore::identity {
namespace {
using namespace std::chrono_literals;

Bytes name_row(int number) { return user_row(kS, "user" + std::to_string(number)); }
Bytes some_user(int number) {
  return encode(
      UserEntry{kS, UserId("2000000000000000" + std::to_string(10 + number)), "user" + std::to_string(number), "", "", "", "", 1, 1, 0});
}
DirectoryBatch adding(int number) {
  DirectoryBatch batch;
  batch.expect_absent(name_row(number));
  batch.put(name_row(number), some_user(number));
  return batch;
}

TEST(DirectoryBatch, RoundTrips) {
  DirectoryBatch batch = adding(1);
  batch.expect_version("row", DirectorySequence(7));
  batch.erase("gone");
  EXPECT_EQ(*decode_directory_batch(encode_directory_batch(batch)), batch);
  const DirectoryChange change{DirectorySequence(9), 2, 1234, batch.mutations};
  EXPECT_EQ(*decode_directory_change(encode_directory_change(change)), change);
  EXPECT_FALSE(decode_directory_batch("\x0a\x7f"));
  EXPECT_FALSE(decode_directory_change(""));
}

TEST(DirectoryStore, ChangesAreNumberedAndVersionRows) {
  Realm realm;
  EXPECT_EQ(realm.good(realm.directory.submit({}, adding(1))).get(), 1u);
  EXPECT_EQ(realm.good(realm.directory.submit({}, adding(2))).get(), 2u);
  EXPECT_EQ(realm.directory.view().version(name_row(2)), DirectorySequence(2));
  EXPECT_EQ(realm.bad(realm.directory.submit({}, adding(1))).code(), ErrorCode::kExpectationFailed);
  DirectoryBatch update;
  update.expect_version(name_row(1), DirectorySequence(1));
  update.put(name_row(1), some_user(1));
  EXPECT_EQ(realm.good(realm.directory.submit({}, update)).get(), 3u);
  EXPECT_EQ(realm.bad(realm.directory.submit({}, update)).code(), ErrorCode::kExpectationFailed);
}

TEST(DirectoryStore, ARestartFindsEverythingAgain) {
  auto medium = std::make_shared<backend::MemoryMedium>();
  {
    Realm realm({}, medium);
    realm.make_accounts();
    realm.role(kS, "FarCrr");
    for (int i = 0; i < 5; ++i) realm.user(kS, "user" + std::to_string(i));
  }
  Realm again({}, medium);
  EXPECT_EQ(again.directory.sequence().get(), 9u);
  EXPECT_EQ(again.roles.get(kS, "farcrr")->name, "FarCrr");
  EXPECT_EQ(again.users.list(kS, {}).items.size(), 5u);
  EXPECT_EQ(again.directory.view().version(role_row(kS, "farcrr")), DirectorySequence(4));
  again.user(kS, "later");
  EXPECT_EQ(again.directory.sequence().get(), 10u);
}

TEST(DirectoryStore, ACommitOfUnknownOutcomeIsLookedUpBeforeTheNextOne) {
  for (const auto fault : {backend::CommitFault::kAppliedUnsaid, backend::CommitFault::kLost}) {
    Realm realm;
    realm.make_accounts();
    realm.store.behaviour().next_commit = fault;
    const Error error = realm.bad(realm.users.create({}, CreateUser{kS, "ann", "", "", "", ""}));
    EXPECT_EQ(error.code(), ErrorCode::kStorageUnavailable);
    realm.user(kS, "bob");
    EXPECT_EQ(realm.users.get(kS, "ann").has_value(), fault == backend::CommitFault::kAppliedUnsaid);
  }
}

TEST(DirectoryStore, ConcurrentCreatesOfOneNameMakeOneUser) {
  Realm realm;
  realm.make_accounts();
  TaskScope scope(realm.loop);
  std::vector<std::string> outcomes;
  struct Maker {
    static Task<void> run(Users* users, std::string name, std::vector<std::string>* out) {
      auto made = co_await users->create({}, CreateUser{kS, name, "", "", "", ""});
      out->push_back(made ? "made" : std::string(error_code_name(made.error().code())));
    }
  };
  for (const char* name : {"ann", "Ann", "ANN", "bob"}) scope.spawn(Maker::run(&realm.users, name, &outcomes));
  realm.loop.run_until([&] { return scope.size() == 0; });
  std::sort(outcomes.begin(), outcomes.end());
  EXPECT_EQ(outcomes, (std::vector<std::string>{"EntityAlreadyExists", "EntityAlreadyExists", "made", "made"}));
}

/// A home and a follower; the feed moves when the test says so, or on every change.
struct Pair : testing::Test, DirectoryWriter {
  Pair() : store(home.node.runtime, RegionNumber(2)), follower(home.node.runtime, *home.run(store.open({}, kDirectoryPartition))) {
    EXPECT_TRUE(home.run(follower.load({})));
    follower.follow(*this);
  }
  Task<Result<DirectorySequence>> submit(OpContext op, DirectoryBatch batch) override {
    if (!reachable) co_return Error(ErrorCode::kHomeUnavailable, "no link");
    auto written = co_await home.directory.submit(op, std::move(batch));
    if (feeding) (void)co_await feed();
    co_return written;
  }
  Task<Result<void>> feed() {
    CO_TRY(auto changes, co_await home.directory.read_feed({}, follower.sequence(), 2));
    while (!changes.empty()) {
      CO_TRY_OK(co_await follower.apply_feed({}, std::move(changes)));
      CO_TRY(changes, co_await home.directory.read_feed({}, follower.sequence(), 2));
    }
    follower.heard_from_home(home.directory.sequence());
    co_return Result<void>();
  }
  Realm home;
  backend::MemoryStore store;
  DirectoryStore follower;
  bool reachable = true;
  bool feeding = true;
};

TEST_F(Pair, TheFollowersRowsAreTheHomesByteForByte) {
  home.make_accounts();
  const RoleEntry role = home.role(kS, "FarCrr");
  home.user(kS, "ann");
  home.good(home.users.erase({}, kS, "ann"));
  home.good(feed());
  EXPECT_EQ(follower.sequence(), home.directory.sequence());
  EXPECT_EQ(*follower.view().role(role.id), role);
  EXPECT_EQ(follower.view().user(kS, "ann"), nullptr);
  const auto& ours = store.medium()->partitions[kDirectoryPartition];
  const auto& theirs = home.store.medium()->partitions[kDirectoryPartition];
  ASSERT_EQ(ours.rows.size(), theirs.rows.size());
  for (auto a = ours.rows.begin(), b = theirs.rows.begin(); a != ours.rows.end(); ++a, ++b) {
    EXPECT_EQ(a->first, b->first);
    EXPECT_EQ(a->second.value, b->second.value);
  }
}

TEST_F(Pair, AWriteAtTheFollowerIsThereWhenItReturns) {
  home.make_accounts();
  Users users(home.node.runtime, follower);
  EXPECT_EQ(home.bad(users.create({}, CreateUser{kS, "ann", "", "", "", ""})).code(),
            ErrorCode::kEntityNotExist);  // the accounts have not arrived
  home.good(feed());
  home.good(users.create({}, CreateUser{kS, "ann", "", "", "", ""}));
  EXPECT_TRUE(users.get(kS, "ann"));
  EXPECT_TRUE(home.users.get(kS, "ann"));
}

TEST_F(Pair, AFollowerThatLagsDecidesAgain) {
  home.make_accounts();
  home.good(feed());
  home.user(kS, "ann");  // not fed
  Users users(home.node.runtime, follower);
  EXPECT_EQ(home.bad(users.create({}, CreateUser{kS, "ann", "", "", "", ""})).code(), ErrorCode::kEntityAlreadyExists);
}

TEST_F(Pair, WithoutAFeedTheAnswerComesAfterASecond) {
  home.make_accounts();
  home.good(feed());
  feeding = false;
  const Instant before = home.loop.now();
  Users users(home.node.runtime, follower);
  home.good(users.create({}, CreateUser{kS, "ann", "", "", "", ""}));
  EXPECT_GE(home.loop.now() - before, 1s);
  EXPECT_FALSE(users.get(kS, "ann"));
}

TEST_F(Pair, AHomeOutOfReachRefusesWritesAndTheCopyAges) {
  home.make_accounts();
  home.good(feed());
  reachable = false;
  Users users(home.node.runtime, follower);
  EXPECT_EQ(home.bad(users.create({}, CreateUser{kS, "ann", "", "", "", ""})).code(), ErrorCode::kHomeUnavailable);
  home.pass(10s);
  EXPECT_GE(follower.age(), 10s);
  EXPECT_EQ(home.directory.age(), 0s);
  follower.heard_from_home(home.directory.sequence());
  EXPECT_EQ(follower.age(), 0s);
  follower.heard_from_home(DirectorySequence(home.directory.sequence().get() + 1));
  home.pass(1s);
  EXPECT_GE(follower.age(), 1s);
}

TEST_F(Pair, ARegionCutOffForLongRefusesSessions) {
  home.make_accounts();
  const RoleEntry role = home.role(kS, "FarCrr");
  home.good(feed());
  Sessions sessions(home.node.runtime, follower, home.sealer, RegionId("cn-hangzhou"), SessionSettings{1min});
  const std::string token = home.sessions.sign_in(Root{kS}, 3600)->token;
  home.pass(59s);
  EXPECT_TRUE(sessions.open(token));
  home.pass(2s);
  EXPECT_EQ(sessions.open(token).error().code(), ErrorCode::kDirectoryStale);
  EXPECT_EQ(sessions.assume_role_as_service("oss.aliyuncs.com", role.id).error().code(), ErrorCode::kDirectoryStale);
  home.good(feed());
  EXPECT_TRUE(sessions.open(token));
}

TEST_F(Pair, GapsAndFormerHomesAreRefused) {
  home.make_accounts();
  auto changes = home.good(home.directory.read_feed({}, DirectorySequence(0), 10));
  ASSERT_EQ(changes.size(), 3u);
  EXPECT_EQ(home.bad(follower.apply_feed({}, {changes[1]})).code(), ErrorCode::kExpectationFailed);
  home.good(follower.apply_feed({}, {changes[0], changes[1]}));
  home.good(follower.apply_feed({}, {changes[0], changes[1]}));  // repeated: skipped
  DirectoryChange promoted = changes[2];
  promoted.epoch = 2;
  home.good(follower.apply_feed({}, {promoted}));
  DirectoryChange late{DirectorySequence(4), 1, 0, {}};
  EXPECT_EQ(home.bad(follower.apply_feed({}, {late})).code(), ErrorCode::kStalePeer);
}

TEST_F(Pair, AFollowerCanBecomeTheHomeAndServeTheWholeFeed) {
  home.make_accounts();
  home.good(feed());
  follower.become_home(2);
  Users users(home.node.runtime, follower);
  home.good(users.create({}, CreateUser{kS, "ann", "", "", "", ""}));
  const auto changes = home.good(follower.read_feed({}, DirectorySequence(0), 100));
  ASSERT_EQ(changes.size(), 4u);
  EXPECT_EQ(changes[3].epoch, 2u);
  EXPECT_EQ(home.bad(home.directory.apply_feed({}, {changes[3]})).code(), ErrorCode::kStalePeer);  // it still thinks it is the home
}

TEST_F(Pair, SecretsOfALimitedAccountAreNotSentElsewhere) {
  const AccountUid vault("3000000000000003");
  const CreatedAccount limited = home.good(home.accounts.create({}, CreateAccount{"vault", vault, {RegionId("cn-hangzhou")}, {}}));
  home.make_accounts();
  auto changes = home.good(home.directory.read_feed({}, DirectorySequence(0), 10, RegionId("cn-beijing")));
  home.good(follower.apply_feed({}, std::move(changes)));
  EXPECT_FALSE(home.directory.view().access_key(limited.root_key.id)->sealed_secret.empty());
  EXPECT_TRUE(follower.view().access_key(limited.root_key.id)->sealed_secret.empty());
  EXPECT_FALSE(follower.view().access_keys(kS, UserId()).at(0).sealed_secret.empty());
  Sessions sessions(home.node.runtime, follower, home.sealer, RegionId("cn-beijing"));
  Authentication elsewhere(follower, sessions, home.sealer);
  EXPECT_EQ(elsewhere.find_credential(limited.root_key.id, std::nullopt).error().detail("Reason"), "OtherRegion");
}

TEST_F(Pair, AChangeThatIsDurableButNotInTheHomesViewIsNotFedYet) {
  home.store.behaviour().next_commit = backend::CommitFault::kAppliedUnsaid;
  EXPECT_EQ(home.bad(home.accounts.create({}, CreateAccount{"source", kS, {}, {}})).code(), ErrorCode::kStorageUnavailable);
  EXPECT_TRUE(home.good(home.directory.read_feed({}, DirectorySequence(0), 10, RegionId("cn-beijing"))).empty());
  home.good(home.accounts.create({}, CreateAccount{"destination", kD, {}, {}}));
  home.good(follower.apply_feed({}, home.good(home.directory.read_feed({}, DirectorySequence(0), 10, RegionId("cn-beijing")))));
  EXPECT_FALSE(follower.view().access_keys(kS, UserId()).at(0).sealed_secret.empty());
  EXPECT_FALSE(follower.view().access_keys(kD, UserId()).at(0).sealed_secret.empty());
}

TEST_F(Pair, ACopyWithChangesThatTheNewHomeNeverHadIsRefused) {
  home.make_accounts();
  home.good(feed());
  home.user(kS, "lost");  // the old home goes before anybody has it
  follower.become_home(2);
  Users users(home.node.runtime, follower);
  home.good(users.create({}, CreateUser{kS, "ann", "", "", "", ""}));
  home.good(users.create({}, CreateUser{kS, "bob", "", "", "", ""}));
  DirectoryStore& old = home.directory;
  old.follow(*this);
  auto changes = home.good(follower.read_feed({}, old.sequence(), 10));
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(home.bad(old.apply_feed({}, std::move(changes))).code(), ErrorCode::kStalePeer);
}

TEST_F(Pair, TheHomeWaitsForConnectedFollowersButNotForLostOnes) {
  home.make_accounts();
  home.directory.follower_applied(RegionId("cn-beijing"), home.directory.sequence());
  Instant before = home.loop.now();
  home.user(kS, "ann");
  EXPECT_GE(home.loop.now() - before, 1s);
  home.directory.follower_applied(RegionId("cn-beijing"), DirectorySequence(1000));
  before = home.loop.now();
  home.user(kS, "bob");
  EXPECT_LT(home.loop.now() - before, 1s);
  home.directory.follower_applied(RegionId("cn-beijing"), DirectorySequence(0));
  home.directory.follower_lost(RegionId("cn-beijing"));
  before = home.loop.now();
  home.user(kS, "carl");
  EXPECT_LT(home.loop.now() - before, 1s);
}

}  // namespace
}  // namespace farshore::identity
