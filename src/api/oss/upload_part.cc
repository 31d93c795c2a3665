// SPDX-License-Identifier: Apache-2.0
// UploadPart and UploadPartCopy.
#include "api/oss/conditions.h"
#include "api/oss/copy_source.h"
#include "api/oss/handlers.h"
#include "api/oss/multipart.h"
#include "api/oss/object_headers.h"
#include "api/oss/wire.h"
#include "codec/date.h"

namespace farshore::api::oss {

Task<Result<http::Response>> upload_part(OpContext op, CallRef call) {
  CO_TRY(const PartNumber number, read_part_number(*call));
  CO_TRY(objects::ExpectedContent expected, read_expected(*call));
  CO_TRY(std::unique_ptr<BodySource> body, take_content(*call));
  const objects::BucketRef bucket = call->bucket;
  CO_TRY(const objects::PartResult part,
         co_await objects::put_part(op, bucket, call->access, upload_ref(*call), number, std::move(expected), std::move(body)));
  http::Response response(200);
  response.header("ETag", quoted(part.etag)).header("Content-MD5", part.content_md5);
  response.header("x-oss-hash-crc64ecma", std::to_string(part.crc64));
  co_return response;
}

Task<Result<http::Response>> upload_part_copy(OpContext op, CallRef call) {
  CO_TRY(const PartNumber number, read_part_number(*call));
  CO_TRY(CopySource source, co_await find_copy_source(op, call));
  const auto header = call->header("x-oss-copy-source-range");
  // Rule: OSS, "UploadPartCopy": a range beyond the source is cut, one that starts beyond it is an error.
  CO_TRY(const RangeAnswer answer, read_range(header, true, source.version.size));
  std::optional<objects::ByteRange> range;
  if (answer.partial) range = answer.range;
  const std::uint64_t size = source.version.size;
  const auto source_id = objects::shown_version_id(source.bucket->settings(), source.version);
  const objects::BucketRef bucket = call->bucket;
  CO_TRY(const objects::PartResult part, co_await objects::copy_part(op, source.bucket, std::move(source.version), range, bucket, call->access,
                                                                     upload_ref(*call), number));
  codec::XmlWriter xml;
  xml.declaration().open("CopyPartResult").element("LastModified", codec::format_iso_millis(part.last_modified_millis)).element("ETag", quoted(part.etag)).close();
  http::Response response = xml_reply(xml);
  response.header("ETag", quoted(part.etag));  // oss2 reads it here, not in the document
  if (answer.partial) {
    response.header("Content-Range", fmt::format("bytes {}-{}/{}", answer.range.offset, answer.range.offset + answer.range.length - 1, size));
  }
  if (source_id) response.header("x-oss-copy-source-version-id", source_id->text());
  co_return response;
}

}  // namespace farshore::api::oss
