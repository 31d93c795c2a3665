// SPDX-License-Identifier: Apache-2.0
// GetBucketEncryption, PutBucketEncryption, DeleteBucketEncryption.
#include "api/common/read_body.h"
#include "api/oss/call.h"
#include "api/oss/handlers.h"
#include "api/oss/request_bodies.h"
#include "api/oss/wire.h"

namespace farshore::api::oss {
namespace {

Task<Result<http::Response>> set(OpContext op, CallRef call, Encryption encryption, int status) {
  const objects::BucketRef bucket = call->bucket;
  CO_TRY_OK(co_await call->services.objects.buckets().set_encryption(op, bucket, call->access, encryption));
  co_return http::Response(status);
}

}  // namespace

Task<Result<http::Response>> get_bucket_encryption(OpContext, CallRef call) {
  const std::string_view algorithm = text_of(call->settings().default_encryption);
  if (algorithm.empty()) co_return Error(ErrorCode::kNoSuchServerSideEncryptionRule, "").with("BucketName", call->address.bucket.get());
  codec::XmlWriter xml;
  xml.declaration().open("ServerSideEncryptionRule").open("ApplyServerSideEncryptionByDefault");
  xml.element("SSEAlgorithm", algorithm).element("KMSMasterKeyID", "").close().close();
  co_return xml_reply(xml);
}

Task<Result<http::Response>> put_bucket_encryption(OpContext op, CallRef call) {
  std::optional<std::string> md5;
  if (const auto header = call->header("Content-MD5")) md5 = std::string(*header);
  CO_TRY(const Bytes body, co_await read_body(op, std::move(call->request.body), 64 * 1024, std::move(md5)));
  CO_TRY(const Encryption encryption, read_encryption_rule(body));
  co_return co_await set(op, call, encryption, 200);
}

Task<Result<http::Response>> delete_bucket_encryption(OpContext op, CallRef call) { co_return co_await set(op, call, Encryption::kNone, 204); }

}  // namespace farshore::api::oss
