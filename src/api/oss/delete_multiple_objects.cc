// SPDX-License-Identifier: Apache-2.0
// DeleteMultipleObjects: up to 1,000 deletions, each with a right of its own.
#include "api/common/read_body.h"
#include "api/oss/call.h"
#include "api/oss/handlers.h"
#include "api/oss/listing.h"
#include "api/oss/request_bodies.h"
#include "api/oss/wire.h"

namespace farshore::api::oss {
namespace {

void write_deleted(codec::XmlWriter& xml, const objects::ObjectRef& ref, const objects::DeleteResult& result, bool encode) {
  xml.open("Deleted").element("Key", listed(ref.key.get(), encode));
  if (ref.version_id) xml.element("VersionId", ref.version_id->text());
  if (result.delete_marker) {
    xml.element("DeleteMarker", true);
    if (result.version_id) xml.element("DeleteMarkerVersionId", result.version_id->text());
  }
  xml.close();
}

}  // namespace

Task<Result<http::Response>> delete_multiple_objects(OpContext op, CallRef call) {
  CO_TRY(const bool encode, wants_url_encoding(*call));
  std::optional<std::string> md5;
  if (const auto header = call->header("Content-MD5")) md5 = std::string(*header);
  CO_TRY(const Bytes body, co_await read_body(op, std::move(call->request.body), kRuleDeleteManyBytesMax, std::move(md5)));
  CO_TRY(const Deletions wanted, read_deletions(body));
  for (const objects::ObjectRef& ref : wanted.refs) {
    const std::string_view action = ref.version_id ? call->operation->versioned_action : call->operation->action;
    call->access.demand({action, ref, call->operation->acl, true, {}});
  }
  CO_TRY_OK(co_await call->access.check(op));
  const objects::BucketRef bucket = call->bucket;
  const auto results = co_await objects::delete_many(op, bucket, call->access, wanted.refs);
  codec::XmlWriter xml;
  xml.declaration().open("DeleteResult");
  if (encode) xml.element("EncodingType", "url");
  for (std::size_t i = 0; i < results.size(); ++i) {
    // The public schema has no per-key error, and repeating a deletion is harmless: the whole call fails.
    if (!results[i]) co_return results[i].error();
    if (!wanted.quiet) write_deleted(xml, wanted.refs[i], *results[i], encode);
  }
  xml.close();
  if (wanted.quiet) co_return http::Response(200);
  co_return xml_reply(xml);
}

}  // namespace farshore::api::oss
