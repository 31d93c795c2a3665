// SPDX-License-Identifier: Apache-2.0
// ExplainReplication: Farshore's own call, GET /bucket/?x-farshore-explain=KEY[&versionId=V]: where a version is under each rule, and why.
#include "api/common/explanation_json.h"
#include "api/oss/call.h"
#include "api/oss/handlers.h"
#include "api/oss/wire.h"
#include "codec/json.h"

namespace farshore::api::oss {

Task<Result<http::Response>> explain_replication(OpContext op, CallRef call) {
  if (call->services.replication == nullptr) co_return not_implemented(call->operation->name);
  const std::string key(call->query.find(kExplainMarker).value_or(std::string_view()));
  if (!valid_object_key(key)) {
    co_return Error(ErrorCode::kInvalidObjectName, "Name the object whose replication is to be explained: x-farshore-explain=KEY.").with("ArgumentName", kExplainMarker);
  }
  std::optional<VersionId> version;
  if (const auto id = call->query.find("versionId")) {
    CO_TRY(version, VersionId::parse(*id));
  }
  const objects::BucketRef bucket = call->bucket;
  CO_TRY(const auto explanations, co_await call->services.replication->explain(op, bucket, ObjectKey(key), std::move(version)));
  codec::JsonWriter json;
  json.begin_object().member("bucket", bucket->settings().name.get()).member("key", key);
  json.name("rules").begin_array();
  for (const auto& explanation : explanations) write_explanation(json, explanation);
  json.end_array().end_object();
  co_return http::Response(200).text("application/json", std::move(json).take() + "\n");
}

}  // namespace farshore::api::oss
