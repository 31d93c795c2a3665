// SPDX-License-Identifier: Apache-2.0
#include "replication/matcher.h"

#include <gtest/gtest.h>

namespace farshore::replication {
namespace {

Change put(std::string key) {
  Change change;
  change.kind = ChangeKind::kPutVersion;
  change.key = ObjectKey(std::move(key));
  return change;
}

ReplicationRule rule_of(bool puts, bool deletes) {
  ReplicationRule rule;
  rule.action.put = puts;
  rule.action.remove = deletes;
  return rule;
}

TEST(Matcher, PrefixIsStartsWithAndNoPattern) {
  ReplicationRule rule;
  rule.prefixes = {"logs/", "video/*"};
  EXPECT_FALSE(skip_reason(rule, put("logs/a")));
  EXPECT_EQ(skip_reason(rule, put("log")), Reason::kOutsidePrefixes);
  EXPECT_EQ(skip_reason(rule, put("video/a")), Reason::kOutsidePrefixes);
  EXPECT_FALSE(skip_reason(rule, put("video/*x")));
  rule.prefixes.clear();
  EXPECT_FALSE(skip_reason(rule, put("anything")));
}

TEST(Matcher, ReplicasAreNeverForwarded) {
  Change change = put("a");
  change.origin = Origin{};
  EXPECT_EQ(skip_reason(ReplicationRule{}, change), Reason::kIsReplica);
}

TEST(Matcher, ActionPutCarriesMarkersButNoVersionDeletions) {
  const ReplicationRule rule = rule_of(true, false);
  Change change = put("a");
  EXPECT_FALSE(skip_reason(rule, change));
  change.kind = ChangeKind::kInsertMarker;
  EXPECT_FALSE(skip_reason(rule, change));
  change.kind = ChangeKind::kDeleteVersion;
  EXPECT_EQ(skip_reason(rule, change), Reason::kActionExcludesDelete);
  change.kind = ChangeKind::kPutTags;
  EXPECT_FALSE(skip_reason(rule, change));
}

TEST(Matcher, ActionDeleteCarriesNoContent) {
  const ReplicationRule rule = rule_of(false, true);
  for (const ChangeKind kind : {ChangeKind::kPutVersion, ChangeKind::kPutTags, ChangeKind::kPutAcl}) {
    Change change = put("a");
    change.kind = kind;
    EXPECT_EQ(skip_reason(rule, change), Reason::kActionExcludesPut);
  }
  Change change = put("a");
  change.kind = ChangeKind::kInsertMarker;
  EXPECT_FALSE(skip_reason(rule, change));
  EXPECT_EQ(skip_reason(rule_of(false, false), change), Reason::kActionExcludesPut);
}

TEST(Matcher, KmsAndColdArchiveContentStaysAtHome) {
  Change change = put("a");
  change.encryption = Encryption::kKms;
  EXPECT_EQ(skip_reason(ReplicationRule{}, change), Reason::kKmsNotSelected);
  change.encryption = Encryption::kAes256;
  EXPECT_FALSE(skip_reason(ReplicationRule{}, change));
  for (const StorageClass cold : {StorageClass::kColdArchive, StorageClass::kDeepColdArchive}) {
    change.storage_class = cold;
    EXPECT_EQ(skip_reason(ReplicationRule{}, change), Reason::kColdArchive);
  }
  change.storage_class = StorageClass::kArchive;
  EXPECT_FALSE(skip_reason(ReplicationRule{}, change));
}

TEST(Matcher, AVersionFromTheScanIsJudgedAsItsChange) {
  Version version;
  version.kind = VersionKind::kDeleteMarker;
  EXPECT_FALSE(skip_reason(rule_of(true, false), ObjectKey("a"), version));
  version.origin = Origin{};
  EXPECT_EQ(skip_reason(rule_of(true, false), ObjectKey("a"), version), Reason::kIsReplica);
}

TEST(Reason, EveryOneHasANameASentenceAndWhereSomethingCanBeDoneARemedy) {
#define X(name, text, sentence)                              \
  EXPECT_EQ(reason_name(Reason::k##name), text);             \
  EXPECT_FALSE(reason_text(Reason::k##name).empty());
  FS_REPLICATION_REASONS(X)
#undef X
  EXPECT_FALSE(reason_remedy(Reason::kDestinationDenied).empty());
  EXPECT_TRUE(reason_remedy(Reason::kSuperseded).empty());
}

}  // namespace
}  // namespace farshore::replication
