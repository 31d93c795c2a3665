// SPDX-License-Identifier: Apache-2.0
// GetBucketAcl and PutBucketAcl.
#include "api/oss/call.h"
#include "api/oss/handlers.h"
#include "api/oss/wire.h"

namespace farshore::api::oss {

Task<Result<http::Response>> get_bucket_acl(OpContext, CallRef call) {
  const BucketSettings& settings = call->settings();
  codec::XmlWriter xml;
  xml.declaration().open("AccessControlPolicy");
  write_owner(xml, settings.owner);
  xml.open("AccessControlList").element("Grant", text_of(settings.acl)).close().close();
  co_return xml_reply(xml);
}

Task<Result<http::Response>> put_bucket_acl(OpContext op, CallRef call) {
  // Rule: OSS, "PutBucketAcl": on a name that nobody has, it creates the bucket.
  if (!call->entry) co_return co_await put_bucket(op, call);
  if (!call->bucket) co_return Error(ErrorCode::kNoSuchBucket, "").with("BucketName", call->address.bucket.get());
  call->access.demand({call->operation->action, {}, identity::AclReach::kNever, false, {}});
  CO_TRY_OK(co_await call->access.check(op));
  const auto text = call->header("x-oss-acl");
  if (!text) co_return http::Response(200);
  const auto acl = parse_bucket_acl(*text);
  if (!acl) {
    co_return Error(ErrorCode::kInvalidArgument, "no such bucket access control exists").with("ArgumentName", "x-oss-acl").with("ArgumentValue", *text).with("EC", "0015-00000204");
  }
  const objects::BucketRef bucket = call->bucket;
  CO_TRY_OK(co_await call->services.objects.buckets().set_acl(op, bucket, call->access, *acl));
  co_return http::Response(200);
}

}  // namespace farshore::api::oss
