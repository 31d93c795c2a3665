// SPDX-License-Identifier: Apache-2.0
// CopyObject: a new version from an existing one of this region.
#include "api/oss/copy_source.h"
#include "api/oss/handlers.h"
#include "api/oss/object_headers.h"
#include "api/oss/wire.h"
#include "codec/date.h"
#include "codec/text.h"

namespace farshore::api::oss {
namespace {

/// COPY or REPLACE, in any case; absent means COPY.
Result<bool> replaces(const Call& call, std::string_view header) {
  const auto directive = call.header(header);
  if (!directive || codec::iequals(*directive, "COPY")) return false;
  if (codec::iequals(*directive, "REPLACE")) return true;
  return Error(ErrorCode::kInvalidArgument, "Unknown directive.").with("ArgumentName", header).with("ArgumentValue", *directive);
}

/// True if the request says anything about the new object's metadata.
bool carries_metadata(const Call& call) {
  for (const http::HeaderView header : call.request.headers) {
    if (codec::istarts_with(header.name, "x-oss-meta-")) return true;
  }
  for (const char* name : {"Content-Type", "Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Expires"}) {
    if (call.header(name)) return true;
  }
  return false;
}

}  // namespace

Task<Result<http::Response>> copy_object(OpContext op, CallRef call) {
  objects::CopyObject copy;
  CO_TRY(copy.object, read_new_object(*call));
  CO_TRY(copy.replace_metadata, replaces(*call, "x-oss-metadata-directive"));
  CO_TRY(copy.replace_tags, replaces(*call, "x-oss-tagging-directive"));
  if (copy.replace_tags) {
    call->access.demand({"oss:PutObjectTagging", {call->key(), {}}, identity::AclReach::kNever, false, copy.object.tags});
    CO_TRY_OK(co_await call->access.check(op));
  }
  CO_TRY(CopySource source, co_await find_copy_source(op, call));
  // Tags that come along are read: whoever may not see them may still copy with a directive that leaves them behind.
  if (!copy.replace_tags && !source.version.tags.empty()) CO_TRY_OK(co_await check_copy_of_tags(op, call, source.bucket, source.ref));
  // A copy onto itself replaces the metadata whatever the directive says, but saying nothing keeps it (asserted by oss2's suite).
  if (!copy.replace_metadata && !carries_metadata(*call)) copy.object.metadata = source.version.metadata;
  const objects::BucketRef bucket = call->bucket;
  CO_TRY(const objects::CopyResult result, co_await objects::copy_object(op, source.bucket, std::move(source.ref), std::move(source.version), bucket,
                                                                         call->access, std::move(copy)));
  codec::XmlWriter xml;
  xml.declaration().open("CopyObjectResult").element("ETag", quoted(result.put.etag));
  xml.element("LastModified", codec::format_iso_millis(result.put.last_modified_millis)).close();
  http::Response response = xml_reply(xml);
  response.header("ETag", quoted(result.put.etag)).header("x-oss-hash-crc64ecma", std::to_string(result.put.crc64));
  set_version_id(response, result.put.version_id);
  if (result.source_version_id) response.header("x-oss-copy-source-version-id", result.source_version_id->text());
  write_encryption(response, result.put.encryption);
  co_return response;
}

}  // namespace farshore::api::oss
