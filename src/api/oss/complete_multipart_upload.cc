// SPDX-License-Identifier: Apache-2.0
// CompleteMultipartUpload.
#include "api/common/read_body.h"
#include "api/oss/handlers.h"
#include "api/oss/listing.h"
#include "api/oss/multipart.h"
#include "api/oss/object_headers.h"
#include "api/oss/wire.h"
#include "codec/text.h"

namespace farshore::api::oss {
namespace {

constexpr std::size_t kBodyBytesMax = 4 << 20;

Result<objects::CompleteUpload> read_complete(const Call& call, BytesView body) {
  objects::CompleteUpload complete;
  complete.upload = upload_ref(call);
  const auto all = call.header("x-oss-complete-all");
  if (all && !codec::iequals(*all, "yes")) {
    return Error(ErrorCode::kInvalidArgument, "x-oss-complete-all must be yes.").with("ArgumentName", "x-oss-complete-all").with("ArgumentValue", *all);
  }
  complete.all_parts = all.has_value();
  if (complete.all_parts && !body.empty()) {
    return Error(ErrorCode::kInvalidArgument, "Should not speficy both complete all header and http body.")
        .with("ArgumentName", "x-oss-complete-all")
        .with("EC", "0042-00000216");
  }
  if (!complete.all_parts) {
    TRY(complete.parts, read_parts(body));
  }
  if (const auto acl = call.header("x-oss-object-acl")) {
    complete.acl = parse_object_acl(*acl);
    if (!complete.acl) return Error(ErrorCode::kInvalidArgument, "no such object access control exists").with("ArgumentName", "x-oss-object-acl");
  }
  if (const auto forbid = call.header("x-oss-forbid-overwrite")) complete.forbid_overwrite = codec::iequals(*forbid, "true");
  return complete;
}

}  // namespace

Task<Result<http::Response>> complete_multipart_upload(OpContext op, CallRef call) {
  CO_TRY(const bool encode, wants_url_encoding(*call));
  std::optional<std::string> md5;
  if (const auto header = call->header("Content-MD5")) md5 = std::string(*header);
  CO_TRY(const Bytes body, co_await read_body(op, std::move(call->request.body), kBodyBytesMax, std::move(md5)));
  CO_TRY(objects::CompleteUpload complete, read_complete(*call, body));
  const objects::BucketRef bucket = call->bucket;
  CO_TRY(const objects::PutResult result, co_await objects::complete_upload(op, bucket, call->access, std::move(complete)));
  codec::XmlWriter xml;
  xml.declaration().open("CompleteMultipartUploadResult");
  if (encode) xml.element("EncodingType", "url");
  xml.element("Location", (call->request.secure ? "https://" : "http://") + call->request.host + call->request.raw_path);
  xml.element("Bucket", call->address.bucket.get()).element("Key", listed(call->key().get(), encode)).element("ETag", quoted(result.etag)).close();
  http::Response response = xml_reply(xml);
  response.header("ETag", quoted(result.etag)).header("x-oss-hash-crc64ecma", std::to_string(result.crc64));
  set_version_id(response, result.version_id);
  write_encryption(response, result.encryption);
  co_return response;
}

}  // namespace farshore::api::oss
