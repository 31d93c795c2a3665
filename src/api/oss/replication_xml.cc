// SPDX-License-Identifier: Apache-2.0
#include "api/oss/replication_xml.h"

#include <cmath>

#include "codec/date.h"
#include "codec/text.h"

namespace farshore::api::oss {
namespace {

Result<codec::XmlDocument> parse(BytesView body, std::string_view root) {
  TRY(codec::XmlDocument document, codec::parse_xml(body));
  if (document.root().name() != root) {
    return Error(ErrorCode::kMalformedXML, "").with("EC", "0031-00000001");
  }
  return document;
}

/// The text of a child, blanks cut; nothing if it is absent or empty (Java sends an empty ID).
std::optional<std::string> text_in(const codec::XmlNode& node, std::string_view name) {
  const auto text = codec::optional_text(node, name);
  if (!text || codec::trim(*text).empty()) return std::nullopt;
  return std::string(codec::trim(*text));
}

Result<void> read_destination(const codec::XmlNode& node, replication::RuleRequest& request) {
  if (node.child("Cloud") || node.child("CloudLocation")) {
    return Error(ErrorCode::kInvalidArgument, "Cloud and CloudLocation are not accepted; use Location.").with("ArgumentName", "CloudLocation");
  }
  request.destination_bucket = text_in(node, "Bucket").value_or("");
  request.destination_location = text_in(node, "Location").value_or("");
  request.transfer_type = text_in(node, "TransferType");
  return {};
}

std::string_view text_of_status(RuleStatus status) {
  switch (status) {
    case RuleStatus::kStarting: return "starting";
    case RuleStatus::kDoing: return "doing";
    case RuleStatus::kClosing: return "closing";
  }
  return "starting";
}

/// The elements that listings and progress share, up to HistoricalObjectReplication.
void write_rule(codec::XmlWriter& xml, const ReplicationRule& rule, RuleStatus status) {
  xml.element("ID", rule.id.get());
  if (!rule.prefixes.empty()) {
    xml.open("PrefixSet");
    for (const std::string& prefix : rule.prefixes) xml.element("Prefix", prefix);
    xml.close();
  }
  xml.element("Action", rule.action.text).open("Destination").element("Bucket", rule.destination_name.get());
  xml.element("Location", location_of(rule.destination_region));
  if (rule.transfer_acceleration) xml.element("TransferType", "oss_acc");
  xml.close().element("Status", text_of_status(status));
  xml.element("HistoricalObjectReplication", rule.historical ? "enabled" : "disabled");
}

/// At most two decimals, cut and not rounded: "1" only when it is complete.
std::string fraction(double value) {
  if (value >= 1) return "1";
  return fmt::format("{:.2f}", std::floor(std::max(value, 0.0) * 100) / 100);
}

}  // namespace

Result<replication::RuleRequest> read_replication_rule(BytesView body) {
  TRY(const codec::XmlDocument document, parse(body, "ReplicationConfiguration"));
  const auto rules = document.root().children("Rule");
  if (rules.empty()) return Error(ErrorCode::kNoReplicationRule, "");
  if (rules.size() > 1) return Error(ErrorCode::kTooManyReplicationRules, "");
  const codec::XmlNode& rule = rules.front();
  replication::RuleRequest request;
  request.id = codec::optional_text(rule, "ID");
  if (request.id && request.id->empty()) request.id.reset();
  for (const codec::XmlNode& prefix : rule.child("PrefixSet").children("Prefix")) request.prefixes.push_back(prefix.text());
  request.action = text_in(rule, "Action");
  TRY_OK(read_destination(rule.child("Destination"), request));
  request.historical = text_in(rule, "HistoricalObjectReplication");
  request.sync_role = text_in(rule, "SyncRole");
  request.rtc_status = text_in(rule.child("RTC"), "Status");
  if (const codec::XmlNode criteria = rule.child("SourceSelectionCriteria")) {
    TRY(const codec::XmlNode encrypted, codec::required_child(criteria, "SseKmsEncryptedObjects"));
    request.sse_kms_status = text_in(encrypted, "Status").value_or("");
  }
  request.replica_kms_key = text_in(rule.child("EncryptionConfiguration"), "ReplicaKmsKeyID");
  request.has_user_taggings = static_cast<bool>(rule.child("UserTaggings"));
  request.has_delete_marker_replication = static_cast<bool>(rule.child("DeleteMarkerReplication"));
  request.has_version_deletion_replication = static_cast<bool>(rule.child("VersionDeletionReplication"));
  return request;
}

Result<RuleId> read_rule_removal(BytesView body) {
  TRY(const codec::XmlDocument document, parse(body, "ReplicationRules"));
  const auto ids = document.root().children("ID");
  if (ids.size() > 1) return Error(ErrorCode::kTooManyReplicationRules, "");
  std::string id = ids.empty() ? std::string() : ids.front().text();
  if (id.empty()) return Error(ErrorCode::kInvalidArgument, "The rule ID is missing.").with("ArgumentName", "ID");
  return RuleId(std::move(id));
}

void write_replication(codec::XmlWriter& xml, const std::vector<replication::RuleView>& rules) {
  xml.declaration().open("ReplicationConfiguration");
  for (const replication::RuleView& view : rules) {
    xml.open("Rule");
    write_rule(xml, view.rule, view.status);
    if (!view.rule.sync_role_name.empty()) xml.element("SyncRole", view.rule.sync_role_name);
    xml.close();
  }
  xml.close();
}

void write_replication_locations(codec::XmlWriter& xml, const replication::ReplicationLocations& locations) {
  xml.declaration().open("ReplicationLocation");
  for (const std::string& location : locations.locations) xml.element("Location", location);
  xml.open("LocationTransferTypeConstraint");
  for (const std::string& location : locations.acceleration_only) {
    xml.open("LocationTransferType").element("Location", location).open("TransferTypes").element("Type", "oss_acc").close().close();
  }
  xml.close().open("LocationRTCConstraint");
  for (const std::string& location : locations.rtc) xml.element("Location", location);
  xml.close().close();
}

void write_replication_progress(codec::XmlWriter& xml, const std::vector<replication::RuleProgress>& rules) {
  xml.declaration().open("ReplicationProgress");
  for (const replication::RuleProgress& progress : rules) {
    xml.open("Rule");
    write_rule(xml, progress.rule, progress.status);
    // Rule: clients assert that there is no Progress before the rule is doing, and read NewObject whenever there is one.
    if (progress.status == RuleStatus::kDoing) {
      xml.open("Progress");
      if (progress.rule.historical && progress.historical) xml.element("HistoricalObject", fraction(*progress.historical));
      xml.element("NewObject", codec::format_iso_millis(progress.new_object_millis)).close();
    }
    xml.close();
  }
  xml.close();
}

}  // namespace farshore::api::oss
