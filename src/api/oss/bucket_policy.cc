// SPDX-License-Identifier: Apache-2.0
// GetBucketPolicy, PutBucketPolicy, DeleteBucketPolicy, GetBucketPolicyStatus.
#include "api/common/read_body.h"
#include "api/oss/call.h"
#include "api/oss/handlers.h"
#include "api/oss/wire.h"

namespace farshore::api::oss {

Task<Result<http::Response>> get_bucket_policy(OpContext, CallRef call) {
  const std::string policy = call->settings().policy;
  if (policy.empty()) co_return Error(ErrorCode::kNoSuchBucketPolicy, "").with("BucketName", call->address.bucket.get());
  co_return http::Response(200).text("application/json", policy);
}

Task<Result<http::Response>> put_bucket_policy(OpContext op, CallRef call) {
  std::optional<std::string> md5;
  if (const auto header = call->header("Content-MD5")) md5 = std::string(*header);
  CO_TRY(Bytes text, co_await read_body(op, std::move(call->request.body), kBucketPolicyBytesMax, std::move(md5), ErrorCode::kInvalidPolicyDocument));
  CO_TRY_OK(identity::parse_bucket_policy(text, call->settings().name, call->settings().owner));
  const objects::BucketRef bucket = call->bucket;
  CO_TRY_OK(co_await call->services.objects.buckets().set_policy(op, bucket, call->access, std::move(text)));
  co_return http::Response(200);
}

Task<Result<http::Response>> delete_bucket_policy(OpContext op, CallRef call) {
  const objects::BucketRef bucket = call->bucket;
  CO_TRY_OK(co_await call->services.objects.buckets().set_policy(op, bucket, call->access, ""));
  co_return http::Response(204);
}

Task<Result<http::Response>> get_bucket_policy_status(OpContext, CallRef call) {
  CO_TRY(const identity::PolicyPointer policy, call->access.policies().compiled(call->bucket->guard().settings));
  codec::XmlWriter xml;
  xml.declaration().open("PolicyStatus").element("IsPublic", policy && is_public(*policy)).close();
  co_return xml_reply(xml);
}

}  // namespace farshore::api::oss
