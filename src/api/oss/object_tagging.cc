// SPDX-License-Identifier: Apache-2.0
// GetObjectTagging, PutObjectTagging, DeleteObjectTagging.
#include "api/common/read_body.h"
#include "api/oss/call.h"
#include "api/oss/handlers.h"
#include "api/oss/tagging.h"
#include "api/oss/wire.h"

namespace farshore::api::oss {
namespace {

constexpr std::size_t kBodyBytesMax = 64 * 1024;

http::Response changed_reply(int status, const objects::ChangedVersion& changed) {
  http::Response response(status);
  set_version_id(response, changed.version_id);
  return response;
}

}  // namespace

Task<Result<http::Response>> get_object_tagging(OpContext op, CallRef call) {
  CO_TRY(objects::ObjectRef ref, call->object_ref());
  const objects::BucketRef bucket = call->bucket;
  CO_TRY(const Version version, co_await objects::find_object(op, bucket, std::move(ref)));
  codec::XmlWriter xml;
  write_tagging(xml, version.tags);
  http::Response response = xml_reply(xml);
  set_version_id(response, objects::shown_version_id(call->settings(), version));
  co_return response;
}

Task<Result<http::Response>> put_object_tagging(OpContext op, CallRef call) {
  CO_TRY(objects::ObjectRef ref, call->object_ref());
  std::optional<std::string> md5;
  if (const auto header = call->header("Content-MD5")) md5 = std::string(*header);
  CO_TRY(const Bytes body, co_await read_body(op, std::move(call->request.body), kBodyBytesMax, std::move(md5)));
  CO_TRY(TagSet tags, read_tagging(body));
  // The row's right was judged before the tags were known; policies may look at them.
  call->access.begin(call->bucket);
  const bool versioned = ref.version_id.has_value();
  call->access.demand({versioned ? call->operation->versioned_action : call->operation->action, ref, identity::AclReach::kNever, false, tags});
  CO_TRY_OK(co_await call->access.check(op));
  const objects::BucketRef bucket = call->bucket;
  CO_TRY(const objects::ChangedVersion changed, co_await objects::put_tags(op, bucket, call->access, std::move(ref), std::move(tags)));
  co_return changed_reply(200, changed);
}

Task<Result<http::Response>> delete_object_tagging(OpContext op, CallRef call) {
  CO_TRY(objects::ObjectRef ref, call->object_ref());
  const objects::BucketRef bucket = call->bucket;
  CO_TRY(const objects::ChangedVersion changed, co_await objects::delete_tags(op, bucket, call->access, std::move(ref)));
  co_return changed_reply(204, changed);
}

}  // namespace farshore::api::oss
