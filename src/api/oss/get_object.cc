// SPDX-License-Identifier: Apache-2.0
// GetObject, HeadObject, GetObjectMeta: an object's bytes, and what is known about it.
#include <array>

#include "api/oss/conditions.h"
#include "api/oss/handlers.h"
#include "api/oss/object_headers.h"
#include "api/oss/wire.h"
#include "codec/date.h"
#include "codec/text.h"

namespace farshore::api::oss {
namespace {

struct Override {
  std::string_view parameter;
  std::string_view header;
};
// Rule: OSS, "GetObject": response headers that a signed request may override.
constexpr std::array kOverrides = std::to_array<Override>({{"response-content-type", "Content-Type"},
                                                           {"response-content-language", "Content-Language"},
                                                           {"response-expires", "Expires"},
                                                           {"response-cache-control", "Cache-Control"},
                                                           {"response-content-disposition", "Content-Disposition"},
                                                           {"response-content-encoding", "Content-Encoding"}});

Result<void> apply_overrides(http::Response& response, const Call& call) {
  if (call.query.empty()) return {};
  for (const Override& each : kOverrides) {
    const auto value = call.parameter(each.parameter);
    if (!value) continue;
    if (call.principal.is_anonymous()) {
      return Error(ErrorCode::kInvalidRequest, "Request specific response headers cannot be used for anonymous GET requests.");
    }
    response.headers().set(each.header, *value);
  }
  return {};
}

Conditions conditions_of(const Call& call) {
  return {call.header("If-Match"), call.header("If-None-Match"), call.header("If-Modified-Since"), call.header("If-Unmodified-Since")};
}

/// The version meant, after its conditions; the reply to a delete marker names the method.
Task<Result<Version>> find(OpContext op, CallRef call) {
  CO_TRY(objects::ObjectRef ref, call->object_ref());
  const objects::BucketRef bucket = call->bucket;
  auto found = co_await objects::find_object(op, bucket, std::move(ref));
  if (!found) {
    Error error = std::move(found).error();
    if (error.code() == ErrorCode::kMethodNotAllowed) co_return std::move(error).with("Method", call->request.method);
    co_return error;
  }
  CO_TRY_OK(check_conditions(conditions_of(*call), *found));
  co_return *std::move(found);
}

}  // namespace

Task<Result<http::Response>> get_object(OpContext op, CallRef call) {
  CO_TRY(Version version, co_await find(op, call));
  const auto behaviour = call->header("x-oss-range-behavior");
  const bool standard = behaviour && codec::iequals(*behaviour, "standard");
  CO_TRY(const RangeAnswer answer, read_range(call->header("Range"), standard, version.size));
  http::Response response(answer.partial ? 206 : 200);
  write_object_headers(response, version, call->settings());
  CO_TRY_OK(apply_overrides(response, *call));
  if (answer.partial) {
    const std::uint64_t last = answer.range.offset + answer.range.length - 1;
    response.header("Content-Range", fmt::format("bytes {}-{}/{}", answer.range.offset, last, version.size));
  }
  if (version.size > 0) {
    std::optional<objects::ByteRange> range;
    if (answer.partial) range = answer.range;
    const objects::BucketRef bucket = call->bucket;
    CO_TRY(objects::OpenedContent content, co_await objects::open_content(op, bucket, std::move(version), range));
    if (content.source) {
      response.set_body(std::move(content.source));
    } else {
      response.set_body(std::move(content.whole));
    }
  }
  co_return response;
}

Task<Result<http::Response>> head_object(OpContext op, CallRef call) {
  CO_TRY(const Version version, co_await find(op, call));
  http::Response response(200);
  write_object_headers(response, version, call->settings());
  response.header("Content-Length", std::to_string(version.size));
  co_return response;
}

Task<Result<http::Response>> get_object_meta(OpContext op, CallRef call) {
  CO_TRY(const Version version, co_await find(op, call));
  http::Response response(200);
  response.header("ETag", quoted(version.etag)).header("Last-Modified", codec::format_rfc1123(version.last_modified_millis));
  response.header("x-oss-hash-crc64ecma", std::to_string(version.crc64));
  set_version_id(response, objects::shown_version_id(call->settings(), version));
  response.header("Content-Length", std::to_string(version.size));
  co_return response;
}

}  // namespace farshore::api::oss
