// SPDX-License-Identifier: Apache-2.0
// GetObjectAcl and PutObjectAcl.
#include "api/oss/call.h"
#include "api/oss/handlers.h"
#include "api/oss/wire.h"

namespace farshore::api::oss {

Task<Result<http::Response>> get_object_acl(OpContext op, CallRef call) {
  CO_TRY(objects::ObjectRef ref, call->object_ref());
  const objects::BucketRef bucket = call->bucket;
  CO_TRY(const Version version, co_await objects::find_object(op, bucket, std::move(ref)));
  codec::XmlWriter xml;
  xml.declaration().open("AccessControlPolicy");
  write_owner(xml, call->settings().owner);
  xml.open("AccessControlList").element("Grant", text_of(version.acl)).close().close();
  http::Response response = xml_reply(xml);
  set_version_id(response, objects::shown_version_id(call->settings(), version));
  co_return response;
}

Task<Result<http::Response>> put_object_acl(OpContext op, CallRef call) {
  const std::string_view text = call->header("x-oss-object-acl").value_or("");
  const auto acl = parse_object_acl(text);
  if (!acl) {
    co_return Error(ErrorCode::kInvalidArgument, "no such object access control exists")
        .with("ArgumentName", "x-oss-object-acl")
        .with("ArgumentValue", text)
        .with("EC", "0017-00000105");
  }
  CO_TRY(objects::ObjectRef ref, call->object_ref());
  const objects::BucketRef bucket = call->bucket;
  CO_TRY(const objects::ChangedVersion changed, co_await objects::put_acl(op, bucket, call->access, std::move(ref), *acl));
  http::Response response(200);
  set_version_id(response, changed.version_id);
  co_return response;
}

}  // namespace farshore::api::oss
