// SPDX-License-Identifier: Apache-2.0
#include "api/admin/admin_json.h"

#include "codec/date.h"

namespace farshore::api::admin {
namespace {

std::string_view status_name(RuleStatus status) {
  switch (status) {
    case RuleStatus::kStarting: return "starting";
    case RuleStatus::kDoing: return "doing";
    case RuleStatus::kClosing: return "closing";
  }
  return "unknown";
}

std::string_view kind_name(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kPutVersion: return "put_version";
    case ChangeKind::kInsertMarker: return "insert_marker";
    case ChangeKind::kDeleteVersion: return "delete_version";
    case ChangeKind::kPutTags: return "put_tags";
    case ChangeKind::kPutAcl: return "put_acl";
  }
  return "unknown";
}

void write_reason(codec::JsonWriter& json, replication::Reason reason) {
  json.member("reason", replication::reason_name(reason)).member("text", replication::reason_text(reason)).member("remedy", replication::reason_remedy(reason));
}

void write_progress(codec::JsonWriter& json, const replication::RuleProgress& progress) {
  json.begin_object();
  json.name("historical");
  progress.historical ? json.value(*progress.historical) : json.null();
  json.member("historical_total", progress.historical_total).member("historical_settled", progress.historical_settled);
  write_time(json, "new_object", progress.new_object_millis);
  json.member("lag_seconds", progress.lag_seconds).member("pending", progress.pending).member("parked", progress.parked);
  json.member("delivered", progress.delivered).member("delivered_bytes", progress.delivered_bytes);
  json.name("skipped").begin_object();
  for (const auto& [reason, count] : progress.skipped) json.member(reason, count);
  json.end_object().end_object();
}

}  // namespace

void write_time(codec::JsonWriter& json, std::string_view name, std::int64_t millis) {
  json.name(name);
  millis == 0 ? json.null() : json.value(codec::format_iso_exact_millis(millis));
}

void write_account(codec::JsonWriter& json, const identity::AccountEntry& account) {
  json.begin_object().member("uid", account.uid.get()).member("name", account.name);
  json.name("regions").begin_array();
  for (const RegionId& region : account.regions) json.value(region.get());
  json.end_array();
  write_time(json, "created", account.created_millis);
  json.end_object();
}

void write_rule(codec::JsonWriter& json, const replication::RuleProgress& progress) {
  const ReplicationRule& rule = progress.rule;
  json.begin_object().member("id", rule.id.get()).member("status", status_name(progress.status));
  json.name("destination").begin_object();
  json.member("bucket", rule.destination_name.get()).member("region", rule.destination_region.get()).member("owner", rule.destination_owner.get());
  json.end_object();
  json.name("prefixes").begin_array();
  for (const std::string& prefix : rule.prefixes) json.value(prefix);
  json.end_array();
  json.member("action", rule.action.text).member("historical_replication", rule.historical).member("role", rule.sync_role_name);
  json.member("transfer", rule.transfer_acceleration ? "oss_acc" : "internal");
  write_time(json, "created", rule.created_millis);
  json.name("progress");
  write_progress(json, progress);
  json.name("stall");
  if (progress.stall) {
    json.begin_object();
    write_reason(json, progress.stall->reason);
    json.member("detail", progress.stall->detail);
    write_time(json, "since", progress.stall->since_millis);
    json.end_object();
  } else {
    json.null();
  }
  json.end_object();
}

void write_parked(codec::JsonWriter& json, const replication::ParkedChange& parked) {
  json.begin_object().member("key", parked.change.key.get()).member("kind", kind_name(parked.change.kind));
  json.member("version", parked.change.version.text()).member("size_bytes", parked.change.size);
  json.member("sequence", parked.sequence.get()).member("historical", parked.sequence.get() == 0);
  write_reason(json, parked.reason);
  json.member("detail", parked.detail).member("attempts", parked.attempts);
  write_time(json, "committed", parked.committed_millis);
  write_time(json, "parked", parked.parked_millis);
  json.end_object();
}

void write_audit(codec::JsonWriter& json, const identity::AuditRecord& record) {
  json.begin_object().member("number", record.number);
  write_time(json, "time", record.millis);
  json.member("action", record.action).member("outcome", record.outcome).member("principal", record.principal).member("account", record.account);
  json.member("resource", record.resource).member("source_ip", record.source_ip).member("request_id", record.request);
  json.end_object();
}

int error_status(const Error& error) {
  switch (error.code()) {
    case ErrorCode::kAccessDenied:
    case ErrorCode::kSignatureDoesNotMatch:
    case ErrorCode::kRequestTimeTooSkewed: return 403;
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kInvalidRequest:
    case ErrorCode::kInvalidParameter:
    case ErrorCode::kInvalidDigest:
    case ErrorCode::kInvalidBucketName:
    case ErrorCode::kMissingArgument:
    case ErrorCode::kMalformedRequest:
    case ErrorCode::kIncompleteBody:
    case ErrorCode::kEntityTooLarge: return 400;
    case ErrorCode::kMethodNotAllowed: return 405;
    case ErrorCode::kNotFound:
    case ErrorCode::kEntityNotExist:
    case ErrorCode::kNoSuchBucket:
    case ErrorCode::kNoSuchReplicationConfiguration:
    case ErrorCode::kNoSuchReplicationRule: return 404;
    case ErrorCode::kRequestTimeout: return 408;
    case ErrorCode::kEntityAlreadyExists: return 409;
    case ErrorCode::kHomeUnavailable:
    case ErrorCode::kDirectoryStale:
    case ErrorCode::kServiceBusy:
    case ErrorCode::kStorageFull:
    case ErrorCode::kStorageUnavailable:
    case ErrorCode::kUnreachable:
    case ErrorCode::kDeadlineExceeded:
    case ErrorCode::kCancelled: return 503;
    default: return 500;  // all others are failures inside; the log has them
  }
}

std::string error_body(const Error& error, std::string_view request_id) {
  const bool inside = error_status(error) == 500;
  codec::JsonWriter json;
  json.begin_object().member("code", inside ? "InternalError" : error_code_name(error.code()));
  json.member("message", inside ? std::string("the region failed; its log tells more under this request id") : error.message());
  json.member("request_id", request_id);
  if (!inside) {
    for (const auto& [name, value] : error.details()) {
      if (name != "code" && name != "message" && name != "request_id") json.member(name, value);
    }
  }
  return json.end_object().take();
}

}  // namespace farshore::api::admin
