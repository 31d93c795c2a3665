// SPDX-License-Identifier: Apache-2.0
#include "identity/audit.h"

#include "identity/realm_test.h"

namespace farshore::identity {
namespace {

AuditRecord call(const std::string& action) {
  return {0, 0, "", action, "acs:ram::1000000000000001:root", kS.get(), "", "ok", "127.0.0.1"};
}

TEST(AuditTrail, KeepsTheNewestRecordsAcrossRestarts) {
  Realm realm;
  auto partition = realm.good(realm.store.open({}, kRegionPartition));
  const AuditSettings three{3};
  AuditTrail trail(realm.node.runtime, partition, three);
  realm.good(trail.load({}));
  for (int i = 1; i <= 4; ++i) realm.good(trail.write({}, call("ram:Call" + std::to_string(i))));
  AuditTrail again(realm.node.runtime, partition, three);
  realm.good(again.load({}));
  realm.good(again.write({}, call("ram:Call5")));
  const auto recent = realm.good(again.recent({}, 10));
  ASSERT_EQ(recent.size(), 3u);
  EXPECT_EQ(recent[0].action, "ram:Call5");
  EXPECT_EQ(recent[0].number, 5u);
  EXPECT_EQ(recent[2].action, "ram:Call3");
  EXPECT_EQ(realm.good(again.recent({}, 1)).size(), 1u);
}

TEST(AuditTrail, TheLogHasTheCallEvenIfTheRowFails) {
  Realm realm;
  AuditTrail trail(realm.node.runtime, realm.good(realm.store.open({}, kRegionPartition)));
  realm.store.behaviour().unavailable = true;
  EXPECT_EQ(realm.bad(trail.write({}, call("ram:DeleteRole"))).code(), ErrorCode::kStorageUnavailable);
  ASSERT_FALSE(realm.node.log.lines.empty());
  EXPECT_NE(realm.node.log.lines.back().find("ram:DeleteRole"), std::string::npos);
}

}  // namespace
}  // namespace farshore::identity
