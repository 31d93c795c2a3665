// SPDX-License-Identifier: Apache-2.0
// AbortMultipartUpload.
#include "api/oss/handlers.h"
#include "api/oss/multipart.h"

namespace farshore::api::oss {

Task<Result<http::Response>> abort_multipart_upload(OpContext op, CallRef call) {
  const objects::BucketRef bucket = call->bucket;
  CO_TRY_OK(co_await objects::abort_upload(op, bucket, call->access, upload_ref(*call)));
  co_return http::Response(204);
}

}  // namespace farshore::api::oss
