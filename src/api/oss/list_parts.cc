// SPDX-License-Identifier: Apache-2.0
// ListParts and ListMultipartUploads.
#include "api/oss/handlers.h"
#include "api/oss/listing.h"
#include "api/oss/multipart.h"
#include "api/oss/wire.h"
#include "codec/date.h"
#include "codec/text.h"

namespace farshore::api::oss {
namespace {

constexpr std::size_t kDefaultPage = 1000;

Result<PartNumber> read_part_marker(const Call& call) {
  const auto text = call.parameter("part-number-marker");
  if (!text) return PartNumber(0);
  if (const auto number = codec::parse_decimal<std::uint32_t>(*text)) return PartNumber(*number);
  return Error(ErrorCode::kInvalidArgument, "The part number marker must be a number.").with("ArgumentName", "part-number-marker").with("ArgumentValue", *text);
}

Result<objects::ListUploads> read_uploads(const Call& call) {
  objects::ListUploads list;
  TRY(list.prefix, list_parameter(call, "prefix"));
  TRY(list.delimiter, list_parameter(call, "delimiter"));
  TRY(list.key_marker, list_parameter(call, "key-marker"));
  TRY(list.upload_id_marker, list_parameter(call, "upload-id-marker"));
  return list;
}

}  // namespace

Task<Result<http::Response>> list_parts(OpContext op, CallRef call) {
  CO_TRY(const bool encode, wants_url_encoding(*call));
  CO_TRY(const PartNumber after, read_part_marker(*call));
  CO_TRY(const std::size_t parts_max, page_size(*call, "max-parts", kDefaultPage));
  const objects::BucketRef bucket = call->bucket;
  CO_TRY(const objects::PartsPage page, co_await objects::list_parts(op, bucket, upload_ref(*call), after, parts_max));
  codec::XmlWriter xml;
  xml.declaration().open("ListPartsResult");
  if (encode) xml.element("EncodingType", "url");
  xml.element("Bucket", call->address.bucket.get()).element("Key", listed(call->key().get(), encode)).element("UploadId", page.upload.id.get());
  xml.element("StorageClass", text_of(page.upload.shape.storage_class)).element("PartNumberMarker", after.get());
  xml.element("NextPartNumberMarker", page.next_marker.get()).element("MaxParts", parts_max).element("IsTruncated", page.truncated);
  for (const objects::PartRecord& part : page.parts) {
    xml.open("Part").element("PartNumber", part.number.get()).element("LastModified", codec::format_iso_millis(part.modified_millis));
    xml.element("ETag", quoted(part.etag())).element("HashCrc64ecma", part.crc64).element("Size", part.size).close();
  }
  xml.close();
  co_return xml_reply(xml);
}

Task<Result<http::Response>> list_multipart_uploads(OpContext op, CallRef call) {
  CO_TRY(const bool encode, wants_url_encoding(*call));
  CO_TRY(objects::ListUploads list, read_uploads(*call));
  CO_TRY(list.uploads_max, page_size(*call, "max-uploads", kDefaultPage));
  const objects::BucketRef bucket = call->bucket;
  CO_TRY(const objects::UploadsPage page, co_await objects::list_uploads(op, bucket, list));
  codec::XmlWriter xml;
  xml.declaration().open("ListMultipartUploadsResult");
  if (encode) xml.element("EncodingType", "url");
  xml.element("Bucket", call->address.bucket.get()).element("KeyMarker", listed(list.key_marker, encode)).element("UploadIdMarker", list.upload_id_marker);
  // Rule: oss2 requires both elements always, empty at the end.
  xml.element("NextKeyMarker", listed(page.next_key_marker, encode)).element("NextUploadIdMarker", page.next_upload_id_marker);
  xml.element("Delimiter", listed(list.delimiter, encode)).element("Prefix", listed(list.prefix, encode));
  xml.element("MaxUploads", list.uploads_max).element("IsTruncated", page.truncated);
  for (const objects::UploadRecord& upload : page.uploads) {
    xml.open("Upload").element("Key", listed(upload.key.get(), encode)).element("UploadId", upload.id.get());
    xml.element("StorageClass", text_of(upload.shape.storage_class)).element("Initiated", codec::format_iso_millis(upload.initiated_millis)).close();
  }
  for (const std::string& prefix : page.common_prefixes) xml.open("CommonPrefixes").element("Prefix", listed(prefix, encode)).close();
  xml.close();
  co_return xml_reply(xml);
}

}  // namespace farshore::api::oss
