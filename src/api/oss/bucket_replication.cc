// SPDX-License-Identifier: Apache-2.0
// PutBucketReplication, GetBucketReplication, DeleteBucketReplication, their location, progress and RTC calls.
#include "api/common/read_body.h"
#include "api/oss/call.h"
#include "api/oss/handlers.h"
#include "api/oss/replication_xml.h"
#include "api/oss/wire.h"

namespace farshore::api::oss {
namespace {

constexpr std::size_t kBodyBytesMax = 256 * 1024;

Result<replication::RuleService*> rules_of(const Call& call) {
  if (call.services.replication != nullptr) return call.services.replication;
  return not_implemented(call.operation->name);
}

Task<Result<Bytes>> read_document(OpContext op, CallRef call) {
  std::optional<std::string> md5;
  if (const auto header = call->header("Content-MD5")) md5 = std::string(*header);
  co_return co_await read_body(op, std::move(call->request.body), kBodyBytesMax, std::move(md5));
}

}  // namespace

Task<Result<http::Response>> put_bucket_replication(OpContext op, CallRef call) {
  CO_TRY(replication::RuleService* const rules, rules_of(*call));
  CO_TRY(const Bytes body, co_await read_document(op, call));
  CO_TRY(replication::RuleRequest request, read_replication_rule(body));
  const objects::BucketRef bucket = call->bucket;
  CO_TRY(const RuleId id, co_await rules->add(op, bucket, call->access, std::move(request)));
  co_return http::Response(200).header("x-oss-replication-rule-id", id.get());
}

Task<Result<http::Response>> get_bucket_replication(OpContext op, CallRef call) {
  CO_TRY(replication::RuleService* const rules, rules_of(*call));
  const objects::BucketRef bucket = call->bucket;
  CO_TRY(const std::vector<replication::RuleView> views, co_await rules->list(op, bucket));
  codec::XmlWriter xml;
  write_replication(xml, views);
  co_return xml_reply(xml);
}

Task<Result<http::Response>> delete_bucket_replication(OpContext op, CallRef call) {
  CO_TRY(replication::RuleService* const rules, rules_of(*call));
  CO_TRY(const Bytes body, co_await read_document(op, call));
  CO_TRY(RuleId id, read_rule_removal(body));
  const objects::BucketRef bucket = call->bucket;
  CO_TRY(const replication::RuleService::Removal removal, co_await rules->remove(op, bucket, call->access, std::move(id)));
  // Rule: OSS, "DeleteBucketReplication": 204 for a rule that is closing already.
  co_return http::Response(removal == replication::RuleService::Removal::kWasClosing ? 204 : 200);
}

Task<Result<http::Response>> get_bucket_replication_location(OpContext, CallRef call) {
  CO_TRY(replication::RuleService* const rules, rules_of(*call));
  codec::XmlWriter xml;
  write_replication_locations(xml, rules->locations());
  co_return xml_reply(xml);
}

Task<Result<http::Response>> get_bucket_replication_progress(OpContext op, CallRef call) {
  CO_TRY(replication::RuleService* const rules, rules_of(*call));
  const auto ids = call->query.all("rule-id");
  if (ids.size() > 1) co_return Error(ErrorCode::kTooManyReplicationRules, "");
  std::optional<RuleId> id;
  if (!ids.empty() && !ids.front().empty()) id = RuleId(std::string(ids.front()));
  const objects::BucketRef bucket = call->bucket;
  CO_TRY(const std::vector<replication::RuleProgress> progress, co_await rules->progress(op, bucket, std::move(id)));
  codec::XmlWriter xml;
  write_replication_progress(xml, progress);
  co_return xml_reply(xml);
}

Task<Result<http::Response>> put_bucket_rtc(OpContext, CallRef call) { co_return not_implemented(call->operation->name); }

}  // namespace farshore::api::oss
