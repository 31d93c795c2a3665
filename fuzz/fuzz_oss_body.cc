// SPDX-License-Identifier: Apache-2.0
// The XML bodies of OSS: replication, deletion of many, completion of an upload, tagging, versioning, encryption, bucket creation.
// What was read keeps the rules of its operation, and is read again from what a writer makes of it.
//
//   input := which(1) form(1) bytes        the document itself, or choices that a document is made from
#include <cstdint>
#include <string>

#include "api/oss/multipart.h"
#include "api/oss/replication_xml.h"
#include "api/oss/request_bodies.h"
#include "api/oss/tagging.h"
#include "base/check.h"
#include "fuzz/grammar.h"

namespace oss = farshore::api::oss;
namespace codec = farshore::codec;

namespace {

using namespace farshore;

constexpr std::string_view kReplicationNames[] = {
    "ReplicationConfiguration", "ReplicationRules", "Rule", "ID", "PrefixSet", "Prefix", "Action", "Destination", "Bucket", "Location", "TransferType",
    "HistoricalObjectReplication", "SyncRole", "RTC", "Status", "SourceSelectionCriteria", "SseKmsEncryptedObjects", "EncryptionConfiguration",
    "ReplicaKmsKeyID", "UserTaggings", "DeleteMarkerReplication", "VersionDeletionReplication", "Cloud", "CloudLocation"};
constexpr std::string_view kReplicationValues[] = {"ALL", "PUT", "PUT,DELETE", "enabled", "disabled", "oss-cn-beijing", "oss_acc", "internal", "rule-1", " ", "dst", "a/"};
constexpr std::string_view kDeleteNames[] = {"Delete", "Object", "Key", "VersionId", "Quiet"};
constexpr std::string_view kDeleteValues[] = {"true", "false", "a", "/b", "null", "", "VPI9A9NGJVVU00200010000000000BRGV", "a&amp;b", "%2F"};
constexpr std::string_view kPartNames[] = {"CompleteMultipartUpload", "Part", "PartNumber", "ETag"};
constexpr std::string_view kPartValues[] = {"1", "2", "10000", "10001", "0", " 3 ", "-1", "\"A\"", "5EB63BBBE01EEED093CB22BB8F5ACDC3", "99999999999"};
constexpr std::string_view kTagNames[] = {"Tagging", "TagSet", "Tag", "Key", "Value"};
constexpr std::string_view kTagValues[] = {"a", "b", "c d", "é", "&lt;", "x+y", "", "=", "a:b/c"};
constexpr std::string_view kVersioningNames[] = {"VersioningConfiguration", "Status"};
constexpr std::string_view kVersioningValues[] = {"Enabled", "Suspended", "enabled", ""};
constexpr std::string_view kEncryptionNames[] = {"ServerSideEncryptionRule", "ApplyServerSideEncryptionByDefault", "SSEAlgorithm", "KMSMasterKeyID"};
constexpr std::string_view kEncryptionValues[] = {"AES256", "KMS", "SM4", "", "key-1"};
constexpr std::string_view kBucketNames[] = {"CreateBucketConfiguration", "StorageClass", "DataRedundancyType"};
constexpr std::string_view kBucketValues[] = {"Standard", "IA", "Archive", "LRS", "ZRS", "", "ColdArchive"};

void check_replication(const std::string& body) {
  const auto rule = oss::read_replication_rule(body);
  if (!rule) return;
  codec::XmlWriter xml;
  xml.declaration().open("ReplicationConfiguration").open("Rule").element_if("ID", rule->id);
  xml.open("PrefixSet");
  for (const std::string& prefix : rule->prefixes) xml.element("Prefix", prefix);
  xml.close().element_if("Action", rule->action).open("Destination").element("Bucket", rule->destination_bucket);
  xml.element("Location", rule->destination_location).element_if("TransferType", rule->transfer_type).close();
  xml.element_if("HistoricalObjectReplication", rule->historical).element_if("SyncRole", rule->sync_role).close().close();
  const auto again = oss::read_replication_rule(xml.view());
  FS_CHECK(again.has_value() && again->prefixes.size() == rule->prefixes.size());
  FS_CHECK(again->destination_location.size() <= rule->destination_location.size() && again->historical.has_value() == rule->historical.has_value());
}

void check_removal(const std::string& body) {
  const auto id = oss::read_rule_removal(body);
  FS_CHECK(!id || !id->get().empty());
}

void check_deletions(const std::string& body) {
  const auto wanted = oss::read_deletions(body);
  if (!wanted) return;
  FS_CHECK(!wanted->refs.empty() && wanted->refs.size() <= objects::kRuleDeleteManyMax);
  codec::XmlWriter xml;
  xml.open("Delete").element("Quiet", wanted->quiet);
  bool plain = true;  // the writer cannot carry every byte that a reader lets through
  for (const objects::ObjectRef& ref : wanted->refs) {
    FS_CHECK(valid_object_key(ref.key.get()));
    for (const char c : ref.key.get()) plain = plain && static_cast<unsigned char>(c) >= 0x20;
    plain = plain && ref.key.get().find("\xEF\xBF\xBE") == std::string::npos && ref.key.get().find("\xEF\xBF\xBF") == std::string::npos;
    xml.open("Object").element("Key", ref.key.get());
    if (ref.version_id) xml.element("VersionId", ref.version_id->text());
    xml.close();
  }
  xml.close();
  if (!plain) return;
  const auto again = oss::read_deletions(xml.view());
  FS_CHECK(again.has_value() && again->quiet == wanted->quiet && again->refs.size() == wanted->refs.size());
  for (std::size_t i = 0; i < again->refs.size(); ++i) {
    FS_CHECK(again->refs[i].key == wanted->refs[i].key && again->refs[i].version_id == wanted->refs[i].version_id);
  }
}

void check_parts(const std::string& body) {
  const auto parts = oss::read_parts(body);
  if (!parts) return;
  FS_CHECK(!parts->empty());
  for (const auto& part : *parts) FS_CHECK(part.number.get() >= 1 && part.number.get() <= objects::kRulePartNumberMax);
}

void check_tags(const TagSet& tags) {
  FS_CHECK(tags.size() <= oss::kRuleObjectTagsMax);
  codec::XmlWriter xml;
  oss::write_tagging(xml, tags);
  const auto again = oss::read_tagging(xml.view());
  FS_CHECK(again.has_value() && *again == tags);
  codec::Query pairs;
  for (const Tag& tag : tags) pairs.add(tag.key, tag.value);
  const auto header = oss::read_tagging_header(pairs.text());
  FS_CHECK(header.has_value() && *header == tags);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::size_t which = input.below(9);
  const bool generated = input.flag();
  const auto body = [&](std::span<const std::string_view> names, std::span<const std::string_view> values) {
    return generated ? fuzz::xml_of(input, {names, values}) : std::string(input.rest());
  };
  switch (which) {
    case 0: check_replication(body(kReplicationNames, kReplicationValues)); break;
    case 1: check_removal(body(kReplicationNames, kReplicationValues)); break;
    case 2: check_deletions(body(kDeleteNames, kDeleteValues)); break;
    case 3: check_parts(body(kPartNames, kPartValues)); break;
    case 4:
      if (const auto tags = oss::read_tagging(body(kTagNames, kTagValues))) check_tags(*tags);
      break;
    case 5:
      if (const auto tags = oss::read_tagging_header(input.rest())) check_tags(*tags);
      break;
    case 6: static_cast<void>(oss::read_versioning(body(kVersioningNames, kVersioningValues))); break;
    case 7: {
      const auto encryption = oss::read_encryption_rule(body(kEncryptionNames, kEncryptionValues));
      FS_CHECK(!encryption || *encryption == Encryption::kAes256);
      break;
    }
    default: static_cast<void>(oss::read_bucket_configuration(body(kBucketNames, kBucketValues))); break;
  }
  return 0;
}
