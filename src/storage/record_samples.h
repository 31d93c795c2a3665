// SPDX-License-Identifier: Apache-2.0
// One sample of every record and its golden bytes, for the tests of the formats.
//
// The bytes are what released versions have written. A test that fails here means that old data could no longer be read: add a
// field instead.
#pragma once

#include "model/bucket.h"
#include "model/change.h"
#include "model/replication_rule.h"
#include "model/version.h"

namespace farshore::storage {

inline Order sample_order() { return Order{HybridTime::at_millis(1767225600123), RegionNumber(2), 0x0002000000000005}; }

inline Origin sample_origin() {
  return Origin{RegionNumber(1), BucketId(0x0001000000000009), Sequence(42), Order{HybridTime::at_millis(1767225600000), RegionNumber(1), 0x0001000000000009}};
}

/// A small direct upload: what most rows of a bucket look like.
inline Version sample_plain_version() {
  Version version;
  version.id = VersionId::mint(sample_order());
  version.order = sample_order();
  version.size = 11;
  version.etag = "5EB63BBBE01EEED093CB22BB8F5ACDC3";
  version.crc64 = 5981764153023615706u;
  version.last_modified_millis = 1767225600123;
  version.metadata.content_type = "text/plain";
  version.pieces = {{BlobId(0x0002000000000011), 11}};
  return version;
}

inline Version sample_version() {
  Version version = sample_plain_version();
  version.type = ObjectType::kMultipart;
  version.storage_class = StorageClass::kIa;
  version.size = 16;
  version.content_md5 = "XrY7u+Ae7tCTyyK7j1rNww==";
  version.metadata = {"text/plain", "no-cache", "inline", "gzip", "en", "0", {{"colour", "blue"}, {"empty", ""}}};
  version.tags = {{"project", "farshore"}, {"empty", ""}};
  version.tags_stamp = {HybridTime::at_millis(1767225600124), RegionNumber(2)};
  version.acl = ObjectAcl::kPublicRead;
  version.acl_stamp = {HybridTime::at_millis(1767225600125), RegionNumber(1)};
  version.symlink_target = "elsewhere";
  version.sealing = {Encryption::kKms, "wrapped", "key-1"};
  version.pieces = {{BlobId(0x0002000000000011), 11}, {BlobId(0x0002000000000012), 5}};
  version.part_sizes = {11, 5};
  version.origin = sample_origin();
  return version;
}

inline Version sample_marker() {
  Version version;
  version.order = sample_order();
  version.kind = VersionKind::kDeleteMarker;
  version.last_modified_millis = 1767225600123;
  return version;
}

inline Change sample_change() {
  Change change;
  change.kind = ChangeKind::kDeleteVersion;
  change.key = ObjectKey("photos/cat.jpg");
  change.version = VersionId::mint(sample_order());
  change.order = sample_order();
  change.version_kind = VersionKind::kDeleteMarker;
  change.size = 1000;
  change.storage_class = StorageClass::kArchive;
  change.encryption = Encryption::kAes256;
  change.origin = sample_origin();
  return change;
}

inline BucketSettings sample_settings() {
  BucketSettings settings;
  settings.id = BucketId(0x0002000000000005);
  settings.name = BucketName("photos");
  settings.owner = AccountUid("1234567890123456");
  settings.region = RegionId("cn-hangzhou");
  settings.created_millis = 1767225600123;
  settings.acl = BucketAcl::kPublicRead;
  settings.storage_class = StorageClass::kIa;
  settings.versioning = Versioning::kSuspended;
  settings.policy = "{}";
  settings.default_encryption = Encryption::kSm4;
  settings.deleted = true;
  settings.outgoing_rules = {RuleId("rule-1"), RuleId("rule-2")};
  settings.incoming_rules = {RuleId("rule-3")};
  return settings;
}

inline ReplicationRule sample_rule() {
  ReplicationRule rule;
  rule.id = RuleId("rule-1");
  rule.prefixes = {"photos/", "films/"};
  rule.action = {"PUT", true, false, false};
  rule.destination_name = BucketName("photos-copy");
  rule.destination_bucket = BucketId(0x0001000000000009);
  rule.destination_owner = AccountUid("6543210987654321");
  rule.destination_region = RegionId("cn-beijing");
  rule.transfer_acceleration = true;
  rule.historical = false;
  rule.sync_role_name = "replicator";
  rule.sync_role = RoleId("312345678901234567");
  rule.source_owner = AccountUid("1234567890123456");
  rule.source_bucket = BucketId(0x0002000000000005);
  rule.effective = Sequence(77);
  rule.created_millis = 1767225600123;
  rule.closing_millis = 1767225700123;
  return rule;
}

inline IncomingRule sample_incoming() {
  IncomingRule rule;
  rule.id = RuleId("rule-1");
  rule.source_bucket = BucketId(0x0002000000000005);
  rule.source_name = BucketName("photos");
  rule.source_region = RegionId("cn-hangzhou");
  rule.source_owner = AccountUid("1234567890123456");
  rule.sync_role = RoleId("312345678901234567");
  rule.confirmed = true;
  rule.registered_millis = 1767225600123;
  return rule;
}

inline constexpr std::string_view kGoldenVersion =
    "609180808080808001680b609280808080808001680598020b9802050a20565049384939414e474a5656553030323030313030303030303030304252"
    "4756108080ecc3aadbddcd0118022085808080808080013001380140104a203545423633424242453031454545443039334342323242423846354143"
    "44433350daa58df9ded9df815358fbd0eab6b733720a746578742f706c61696e82011858725937752b41653774435479794b376a31724e77773d3d8a"
    "01086e6f2d6361636865920106696e6c696e659a0104677a6970a20102656eaa010130b20106636f6c6f7572ba0104626c7565b20105656d707479c2"
    "010770726f6a656374ca010866617273686f7265c20105656d707479d0018080f0c3aadbddcd01d80102e00102e8018080f4c3aadbddcd01f00101fa"
    "0109656c736577686572658002028a0207777261707065649202056b65792d31a2022008011089808080808040182a20808080c0aadbddcd01280130"
    "89808080808040";
inline constexpr std::string_view kGoldenPlainVersion =
    "609180808080808001680b0a20565049384939414e474a56565530303230303130303030303030303042524756108080ecc3aadbddcd011802208580"
    "808080808001400b4a20354542363342424245303145454544303933434232324242384635414344433350daa58df9ded9df815358fbd0eab6b73372"
    "0a746578742f706c61696e";
inline constexpr std::string_view kGoldenMarker =
    "108080ecc3aadbddcd011802208580808080808001280158fbd0eab6b733";
inline constexpr std::string_view kGoldenChange =
    "0803120e70686f746f732f6361742e6a70671a20565049384939414e474a56565530303230303130303030303030303042524756208080ecc3aadbdd"
    "cd012802308580808080808001380140e807480250015a2008011089808080808040182a20808080c0aadbddcd0128013089808080808040";
inline constexpr std::string_view kGoldenSettings =
    "088580808080808001120670686f746f731a1031323334353637383930313233343536220b636e2d68616e677a686f7528fbd0eab6b7333001380140"
    "024a027b7d50035801620672756c652d31620672756c652d326a0672756c652d33";
inline constexpr std::string_view kGoldenRule =
    "0a0672756c652d31120770686f746f732f120666696c6d732f1a03505554280030003a0b70686f746f732d636f707940898080808080404a10363534"
    "33323130393837363534333231520a636e2d6265696a696e67580160006a0a7265706c696361746f7272123331323334353637383930313233343536"
    "37820110313233343536373839303132333435368801858080808080800190014d9801fbd0eab6b733a0019bdef0b6b733";
inline constexpr std::string_view kGoldenIncoming =
    "0a0672756c652d311085808080808080011a0670686f746f73220b636e2d68616e677a686f752a103132333435363738393031323334353632123331"
    "32333435363738393031323334353637380140fbd0eab6b733";

}  // namespace farshore::storage
