// SPDX-License-Identifier: Apache-2.0
// DeleteObject: a delete marker, or the end of one version.
#include "api/oss/handlers.h"
#include "api/oss/wire.h"
#include "api/oss/call.h"

namespace farshore::api::oss {

Task<Result<http::Response>> delete_object(OpContext op, CallRef call) {
  CO_TRY(objects::ObjectRef ref, call->object_ref());
  const objects::BucketRef bucket = call->bucket;
  CO_TRY(const objects::DeleteResult result, co_await objects::delete_object(op, bucket, call->access, std::move(ref)));
  http::Response response(204);
  set_version_id(response, result.version_id);
  if (result.delete_marker) response.header("x-oss-delete-marker", "true");
  co_return response;
}

}  // namespace farshore::api::oss
