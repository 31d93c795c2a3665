// SPDX-License-Identifier: Apache-2.0
// InitiateMultipartUpload.
#include "api/oss/handlers.h"
#include "api/oss/listing.h"
#include "api/oss/object_headers.h"
#include "api/oss/wire.h"

namespace farshore::api::oss {

Task<Result<http::Response>> initiate_multipart_upload(OpContext op, CallRef call) {
  CO_TRY(const bool encode, wants_url_encoding(*call));
  objects::InitiateUpload initiate;
  CO_TRY(initiate.object, read_new_object(*call));
  initiate.sequential = call->query.has("sequential");
  if (!initiate.object.tags.empty()) {
    call->access.demand({"oss:PutObjectTagging", {call->key(), {}}, identity::AclReach::kNever, false, initiate.object.tags});
    CO_TRY_OK(co_await call->access.check(op));
  }
  const Encryption encryption = initiate.object.encryption.value_or(call->settings().default_encryption);
  const objects::BucketRef bucket = call->bucket;
  CO_TRY(const UploadId id, co_await objects::initiate_upload(op, bucket, call->access, std::move(initiate)));
  codec::XmlWriter xml;
  xml.declaration().open("InitiateMultipartUploadResult");
  if (encode) xml.element("EncodingType", "url");
  xml.element("Bucket", call->address.bucket.get()).element("Key", listed(call->key().get(), encode)).element("UploadId", id.get()).close();
  http::Response response = xml_reply(xml);
  write_encryption(response, encryption);
  co_return response;
}

}  // namespace farshore::api::oss
