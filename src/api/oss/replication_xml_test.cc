// SPDX-License-Identifier: Apache-2.0
#include "api/oss/replication_xml.h"

#include <gtest/gtest.h>

namespace farshore::api::oss {
namespace {

TEST(ReplicationXml, ReadsWhatPublishedClientsPost) {
  const auto rule = read_replication_rule(
      "<ReplicationConfiguration><Rule><ID>r1</ID><Destination><Bucket>beta</Bucket><Location>oss-cn-beijing</Location><TransferType>internal</TransferType>"
      "</Destination><HistoricalObjectReplication>disabled</HistoricalObjectReplication><PrefixSet><Prefix>p1/</Prefix><Prefix>p2/</Prefix></PrefixSet>"
      "<Action>ALL</Action><SyncRole>repl-role</SyncRole><EncryptionConfiguration><ReplicaKmsKeyID>kms-1</ReplicaKmsKeyID></EncryptionConfiguration>"
      "<SourceSelectionCriteria><SseKmsEncryptedObjects><Status>Enabled</Status></SseKmsEncryptedObjects></SourceSelectionCriteria></Rule>"
      "</ReplicationConfiguration>");
  ASSERT_TRUE(rule);
  EXPECT_EQ(rule->id, "r1");
  EXPECT_EQ(rule->destination_bucket, "beta");
  EXPECT_EQ(rule->destination_location, "oss-cn-beijing");
  EXPECT_EQ(rule->transfer_type, "internal");
  EXPECT_EQ(rule->historical, "disabled");
  EXPECT_EQ(rule->prefixes, (std::vector<std::string>{"p1/", "p2/"}));
  EXPECT_EQ(rule->action, "ALL");
  EXPECT_EQ(rule->sync_role, "repl-role");
  EXPECT_EQ(rule->replica_kms_key, "kms-1");
  EXPECT_EQ(rule->sse_kms_status, "Enabled");
}

TEST(ReplicationXml, TheSmallestRuleHasADestinationAlone) {
  const auto rule = read_replication_rule("<ReplicationConfiguration><Rule><ID></ID><Destination><Bucket>b</Bucket><Location>l</Location></Destination></Rule></ReplicationConfiguration>");
  ASSERT_TRUE(rule);
  EXPECT_FALSE(rule->id) << "Java sends an empty ID";
  EXPECT_TRUE(rule->prefixes.empty());
  EXPECT_FALSE(rule->action);
  EXPECT_FALSE(rule->has_user_taggings);
}

TEST(ReplicationXml, RulesAreCountedAndTheRootIsChecked) {
  const auto code = [](std::string_view body) { return std::string(error_code_name(read_replication_rule(body).error().code())); };
  EXPECT_EQ(code("<ReplicationConfiguration/>"), "NoReplicationRule");
  EXPECT_EQ(code("<ReplicationConfiguration><Rule/><Rule/></ReplicationConfiguration>"), "TooManyReplicationRules");
  EXPECT_EQ(code("<Other/>"), "MalformedXML");
  EXPECT_EQ(code(""), "MalformedXML");
}

TEST(ReplicationXml, ElementsNotBuiltAreSeen) {
  const auto rule = read_replication_rule(
      "<ReplicationConfiguration><Rule><UserTaggings/><DeleteMarkerReplication/><VersionDeletionReplication/><RTC><Status>enabled</Status></RTC></Rule></ReplicationConfiguration>");
  ASSERT_TRUE(rule);
  EXPECT_TRUE(rule->has_user_taggings);
  EXPECT_TRUE(rule->has_delete_marker_replication);
  EXPECT_TRUE(rule->has_version_deletion_replication);
  EXPECT_EQ(rule->rtc_status, "enabled");
}

TEST(ReplicationXml, ARemovalNamesOneRule) {
  EXPECT_EQ(read_rule_removal("<ReplicationRules><ID>r1</ID></ReplicationRules>")->get(), "r1");
  const auto code = [](std::string_view body) { return std::string(error_code_name(read_rule_removal(body).error().code())); };
  EXPECT_EQ(code("<ReplicationRules><ID>a</ID><ID>b</ID></ReplicationRules>"), "TooManyReplicationRules");
  EXPECT_EQ(code("<ReplicationRules><ID></ID></ReplicationRules>"), "InvalidArgument");
  EXPECT_EQ(code(""), "MalformedXML");
}

ReplicationRule rule() {
  ReplicationRule made;
  made.id = RuleId("to-beta");
  made.prefixes = {"logs/"};
  made.action.text = "PUT";
  made.destination_name = BucketName("beta-dst");
  made.destination_region = RegionId("cn-beijing");
  made.sync_role_name = "repl-role";
  return made;
}

TEST(ReplicationXml, ARuleReadsBackInTheOfficialOrder) {
  codec::XmlWriter xml;
  write_replication(xml, {{rule(), RuleStatus::kDoing}});
  EXPECT_EQ(xml.take(),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ReplicationConfiguration><Rule><ID>to-beta</ID><PrefixSet><Prefix>logs/</Prefix></PrefixSet>"
            "<Action>PUT</Action><Destination><Bucket>beta-dst</Bucket><Location>oss-cn-beijing</Location></Destination><Status>doing</Status>"
            "<HistoricalObjectReplication>enabled</HistoricalObjectReplication><SyncRole>repl-role</SyncRole></Rule></ReplicationConfiguration>");
}

TEST(ReplicationXml, ProgressIsShownOnlyWhileDoing) {
  replication::RuleProgress progress;
  progress.rule = rule();
  progress.status = RuleStatus::kStarting;
  progress.new_object_millis = 1772600767000;
  codec::XmlWriter starting;
  write_replication_progress(starting, {progress});
  EXPECT_EQ(starting.take().find("<Progress>"), std::string::npos);
  progress.status = RuleStatus::kDoing;
  progress.historical = 0.999;
  codec::XmlWriter doing;
  write_replication_progress(doing, {progress});
  EXPECT_NE(doing.take().find("<Progress><HistoricalObject>0.99</HistoricalObject><NewObject>2026-03-04T05:06:07.000Z</NewObject></Progress>"), std::string::npos);
  progress.historical = 1;
  codec::XmlWriter complete;
  write_replication_progress(complete, {progress});
  EXPECT_NE(complete.take().find("<HistoricalObject>1</HistoricalObject>"), std::string::npos);
}

TEST(ReplicationXml, LocationsListConstraints) {
  codec::XmlWriter xml;
  write_replication_locations(xml, {{"oss-cn-beijing", "oss-eu-central-1"}, {"oss-eu-central-1"}, {"oss-cn-beijing"}});
  EXPECT_NE(xml.take().find("<LocationTransferTypeConstraint><LocationTransferType><Location>oss-eu-central-1</Location><TransferTypes><Type>oss_acc</Type></TransferTypes>"
                            "</LocationTransferType></LocationTransferTypeConstraint><LocationRTCConstraint><Location>oss-cn-beijing</Location></LocationRTCConstraint>"),
            std::string::npos);
}

}  // namespace
}  // namespace farshore::api::oss
