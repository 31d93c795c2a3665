// SPDX-License-Identifier: Apache-2.0
// RuleService::read_request and check_role: judging a posted rule. The order of checks is that of the replication reference 1.1.4.
#include <algorithm>
#include <set>

#include "replication/grants.h"
#include "replication/rule_service.h"

namespace farshore::replication {
namespace {

Error invalid(std::string_view name, std::string_view value, std::string message) {
  return Error(ErrorCode::kInvalidArgument, std::move(message)).with("ArgumentName", name).with("ArgumentValue", value);
}

/// Rule: elements that this server does not build yet are refused by name, never ignored.
Error not_built(std::string_view element) {
  return Error(ErrorCode::kNotImplemented, fmt::format("The element {} of a replication rule is not supported by this server. Leave it out.", element))
      .with("Header", element);
}

bool same_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return std::tolower(static_cast<unsigned char>(x)) == std::tolower(static_cast<unsigned char>(y)); });
}

/// Rule: OSS, PutBucketReplication, Action: a comma list of ALL, PUT, DELETE, ABORT; echoed in upper case without blanks.
Result<ReplicationAction> read_action(std::string_view text) {
  ReplicationAction action;
  action.text.clear();
  action.put = action.remove = action.abort = false;
  std::string token;
  const auto take = [&]() -> bool {
    if (token == "ALL") action.put = action.remove = action.abort = true;
    else if (token == "PUT") action.put = true;
    else if (token == "DELETE") action.remove = true;
    else if (token == "ABORT") action.abort = true;
    else return false;
    if (!action.text.empty()) action.text += ',';
    action.text += std::exchange(token, {});
    return true;
  };
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
    if (c != ',') {
      token += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    } else if (!take()) {
      return invalid("Action", text, "The Action of a replication rule is a comma list of ALL, PUT, DELETE and ABORT.").with("EC", "0031-00000023");
    }
  }
  if (!take()) return invalid("Action", text, "The Action of a replication rule is a comma list of ALL, PUT, DELETE and ABORT.").with("EC", "0031-00000023");
  return action;
}

Result<void> check_prefixes(const std::vector<std::string>& prefixes) {
  if (prefixes.size() > kRulePrefixesDefaultMax) {
    return Error(ErrorCode::kTooManyPrefixes, "The bucket replication rule's prefixes number is beyond limit.");
  }
  for (std::size_t i = 0; i < prefixes.size(); ++i) {
    if (prefixes[i].size() > kRulePrefixBytesMax) return invalid("Prefix", prefixes[i].substr(0, 64), "A prefix of a replication rule has at most 1023 characters.");
    for (std::size_t k = 0; k < prefixes.size(); ++k) {
      if (i != k && prefixes[i].starts_with(prefixes[k])) {
        return invalid("Prefix", prefixes[i], fmt::format("The prefixes \"{}\" and \"{}\" of the replication rule overlap. Keep the shorter one.", prefixes[k], prefixes[i]))
            .with("EC", "0031-00000019");
      }
    }
  }
  return {};
}

/// "repl-role" or "acs:ram::1000000000000001:role/repl-role".
std::string role_name(std::string_view text) {
  const auto slash = text.rfind(":role/");
  return std::string(slash == std::string_view::npos ? text : text.substr(slash + 6));
}

std::string fresh_id(Random& random) {
  const std::string raw = random.bytes(16);
  std::string out;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += fmt::format("{:02x}", static_cast<unsigned char>(raw[i]));
  }
  return out;
}

}  // namespace

Result<ReplicationRule> RuleService::read_request(const objects::Bucket& bucket, const RuleRequest& request, const std::vector<ReplicationRule>& present) {
  const objects::Guard guard = bucket.guard();
  const BucketSettings& source = *guard.settings;
  ReplicationRule rule;
  rule.source_bucket = source.id;
  rule.source_owner = source.owner;

  // 6. ID
  if (request.id && !request.id->empty()) {
    if (request.id->size() > kRuleIdCharactersMax) return invalid("ID", request.id->substr(0, 64), "A replication rule's ID has at most 255 characters.");
    rule.id = RuleId(*request.id);
    if (std::any_of(present.begin(), present.end(), [&](const auto& other) { return other.id == rule.id; })) {
      return invalid("ID", rule.id.get(), "Rule ID is not unique.");
    }
  } else {
    rule.id = RuleId(fresh_id(runtime_.random));
  }
  // 7. prefixes; an empty one is the whole bucket
  rule.prefixes = request.prefixes;
  TRY_OK(check_prefixes(rule.prefixes));
  if (rule.prefixes.size() == 1 && rule.prefixes.front().empty()) rule.prefixes.clear();
  // 8. Action, history, RTC, transfer type, filters
  if (request.action && !request.action->empty()) {
    TRY(rule.action, read_action(*request.action));
  }
  if (request.historical && !request.historical->empty()) {
    if (*request.historical != "enabled" && *request.historical != "disabled") {
      return invalid("HistoricalObjectReplication", *request.historical, "HistoricalObjectReplication is enabled or disabled.").with("EC", "0031-00000011");
    }
    rule.historical = *request.historical == "enabled";
  }
  if (request.rtc_status) {
    const bool enabled = same_ignoring_case(*request.rtc_status, "enabled");
    if (!enabled && !same_ignoring_case(*request.rtc_status, "disabled")) {
      return invalid("RTC.Status", *request.rtc_status, "The Status of RTC is enabled or disabled.").with("EC", "0031-00000012");
    }
    if (enabled) return not_built("RTC");
  }
  if (request.transfer_type && !request.transfer_type->empty()) {
    if (*request.transfer_type == "oss_acc") return not_built("TransferType oss_acc");
    if (*request.transfer_type != "internal") return invalid("TransferType", *request.transfer_type, "TransferType is internal or oss_acc.");
  }
  if (request.has_user_taggings) return not_built("UserTaggings");
  if (request.has_delete_marker_replication) return not_built("DeleteMarkerReplication");
  if (request.has_version_deletion_replication) return not_built("VersionDeletionReplication");
  // 9. KMS
  if (request.sse_kms_status) {
    if (*request.sse_kms_status != "Enabled" && *request.sse_kms_status != "Disabled") {
      return invalid("SseKmsEncryptedObjects.Status", *request.sse_kms_status, "The Status of SseKmsEncryptedObjects is Enabled or Disabled.");
    }
    if (*request.sse_kms_status == "Enabled") return not_built("SourceSelectionCriteria/SseKmsEncryptedObjects");
  }
  if (request.replica_kms_key && !request.replica_kms_key->empty()) return not_built("EncryptionConfiguration/ReplicaKmsKeyID");
  // 10. destination name
  if (request.destination_bucket.empty()) return Error(ErrorCode::kMissingArgument, "The element Destination/Bucket of the replication rule is missing.").with("ArgumentName", "Bucket");
  if (!valid_bucket_name(request.destination_bucket)) {
    return invalid("Bucket", request.destination_bucket.substr(0, 64), "The name of the destination bucket breaks the naming rule: 3 to 63 characters of a-z, 0-9 and '-'.")
        .with("EC", "0031-00000101");
  }
  rule.destination_name = BucketName(request.destination_bucket);
  if (rule.destination_name == source.name) {
    return Error(ErrorCode::kInvalidTargetBucket, "The target bucket is invalid for bucket replication: it is the source bucket itself.");
  }
  // 11. location
  if (request.destination_location.empty()) {
    return Error(ErrorCode::kMissingArgument, "The element Destination/Location of the replication rule is missing.").with("ArgumentName", "Location");
  }
  const std::string location = request.destination_location.starts_with("oss-") ? request.destination_location.substr(4) : request.destination_location;
  const auto known = std::find(realm_regions_.begin(), realm_regions_.end(), RegionId(location));
  // 12. the bucket exists and lies there; names are global, so an unknown one tells nothing new
  const identity::BucketEntry* target = directory_.view().bucket(rule.destination_name);
  if (known == realm_regions_.end()) {
    if (target != nullptr) return Error(ErrorCode::kInvalidTargetLocation, "The target bucket you specified does not locate in the target location.");
    return Error(ErrorCode::kBadReplicationLocation, "The replication location you choose is invalid.").with("Location", request.destination_location);
  }
  if (target == nullptr) return Error(ErrorCode::kInvalidTargetBucket, "The target bucket is invalid for bucket replication.").with("BucketName", rule.destination_name.get());
  if (target->region != *known) return Error(ErrorCode::kInvalidTargetLocation, "The target bucket you specified does not locate in the target location.");
  rule.destination_region = *known;
  rule.destination_bucket = target->id;
  rule.destination_owner = target->owner;
  // 13. one rule per pair
  for (const ReplicationRule& other : present) {
    if (other.destination_bucket == rule.destination_bucket) {
      return Error(ErrorCode::kBucketReplicationAlreadyExist, "Bucket replication already exists.").with("EC", "0031-00000044").with("RuleID", other.id.get());
    }
  }
  // 14. quota
  if (present.size() >= kRulesPerBucketMax) {
    return Error(ErrorCode::kTooManyOutgoingReplication, "You have attempted to create more outgoing replication for bucket than allowed.");
  }
  // 15. versioning; the other half is judged at the destination
  if (source.versioning == Versioning::kSuspended) {
    return Error(ErrorCode::kInvalidBucketStatus, "The versioning of the source bucket is Suspended. Enable it before you create a replication rule.").with("EC", "0031-00000053");
  }
  // 17. role
  if (!request.sync_role || request.sync_role->empty()) {
    return Error(ErrorCode::kMissingArgument, "The element SyncRole of the replication rule is missing: name the RAM role that OSS shall assume.").with("ArgumentName", "SyncRole");
  }
  rule.sync_role_name = role_name(*request.sync_role);
  const identity::RoleEntry* role = directory_.view().role(source.owner, rule.sync_role_name);
  const bool foreign = request.sync_role->find(":role/") != std::string::npos && request.sync_role->find("::" + source.owner.get() + ":role/") == std::string::npos;
  if (role == nullptr || foreign) {
    return invalid("SyncRole", *request.sync_role, fmt::format("The SyncRole {} does not exist in the source bucket's account {}.", *request.sync_role, source.owner.get()));
  }
  rule.sync_role = role->id;
  return rule;
}

/// 17 and 18 at the source: the role trusts OSS and may read. Refused early, with the side, the action and the principal.
Result<void> RuleService::check_role(const ReplicationRule& rule, const objects::Bucket& bucket) {
  auto trusted = sessions_.assume_role_as_service("oss.aliyuncs.com", rule.sync_role);
  if (!trusted) {
    return Error(ErrorCode::kAccessDenied, fmt::format("The role {} does not trust the service oss.aliyuncs.com, so OSS cannot assume it on the source side. "
                                                       "Its trust policy must allow sts:AssumeRole to Principal {{\"Service\":[\"oss.aliyuncs.com\"]}}.", rule.sync_role_name))
        .with("Side", "source").with("Action", "sts:AssumeRole").with("Principal", "oss.aliyuncs.com").caused_by(trusted.error());
  }
  Grants grants(directory_, sessions_, rule.sync_role, false);
  TRY_OK(grants.check(bucket, "oss:ReplicateList", ""));
  return grants.check(bucket, "oss:ReplicateGet", "*");
}

}  // namespace farshore::replication
