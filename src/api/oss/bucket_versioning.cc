// SPDX-License-Identifier: Apache-2.0
// GetBucketVersioning and PutBucketVersioning.
#include "api/common/read_body.h"
#include "api/oss/call.h"
#include "api/oss/handlers.h"
#include "api/oss/request_bodies.h"
#include "api/oss/wire.h"

namespace farshore::api::oss {

Task<Result<http::Response>> get_bucket_versioning(OpContext, CallRef call) {
  const Versioning versioning = call->settings().versioning;
  codec::XmlWriter xml;
  xml.declaration().open("VersioningConfiguration");
  if (versioning != Versioning::kDisabled) xml.element("Status", versioning == Versioning::kEnabled ? "Enabled" : "Suspended");
  xml.close();
  co_return xml_reply(xml);
}

Task<Result<http::Response>> put_bucket_versioning(OpContext op, CallRef call) {
  std::optional<std::string> md5;
  if (const auto header = call->header("Content-MD5")) md5 = std::string(*header);
  CO_TRY(const Bytes body, co_await read_body(op, std::move(call->request.body), 64 * 1024, std::move(md5)));
  CO_TRY(const Versioning versioning, read_versioning(body));
  const objects::BucketRef bucket = call->bucket;
  CO_TRY_OK(co_await call->services.objects.buckets().set_versioning(op, bucket, call->access, versioning));
  co_return http::Response(200);
}

}  // namespace farshore::api::oss
