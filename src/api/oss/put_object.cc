// SPDX-License-Identifier: Apache-2.0
// PutObject: one content under a key.
#include "api/oss/handlers.h"
#include "api/oss/object_headers.h"
#include "api/oss/wire.h"

namespace farshore::api::oss {

Task<Result<http::Response>> put_object(OpContext op, CallRef call) {
  objects::PutObject put;
  CO_TRY(put.object, read_new_object(*call));
  CO_TRY(put.expected, read_expected(*call));
  if (!put.object.tags.empty()) {
    // Rule: OSS, "PutObject": tags need a right of their own.
    call->access.demand({"oss:PutObjectTagging", {call->key(), {}}, identity::AclReach::kNever, false, put.object.tags});
    CO_TRY_OK(co_await call->access.check(op));
  }
  CO_TRY(std::unique_ptr<BodySource> body, take_content(*call));
  const objects::BucketRef bucket = call->bucket;
  CO_TRY(const objects::PutResult result, co_await objects::put_object(op, bucket, call->access, std::move(put), std::move(body)));
  http::Response response(200);
  response.headers().reserve(10, 384);
  response.header("ETag", quoted(result.etag)).header("Content-MD5", result.content_md5);
  response.header("x-oss-hash-crc64ecma", std::to_string(result.crc64));
  set_version_id(response, result.version_id);
  write_encryption(response, result.encryption);
  co_return response;
}

}  // namespace farshore::api::oss
