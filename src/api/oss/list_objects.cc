// SPDX-License-Identifier: Apache-2.0
// ListObjects, versions 1 and 2: the current objects of a bucket.
#include "api/oss/handlers.h"
#include "api/oss/listing.h"
#include "api/oss/wire.h"
#include "codec/date.h"
#include "codec/text.h"
#include "codec/url.h"

namespace farshore::api::oss {
namespace {

/// A request of either version.
struct Wanted {
  objects::ListObjects list;
  bool second = false;
  bool encode = false;
  bool owner = true;
  std::string token;  ///< continuation-token as sent
  std::string start_after;
};

/// The token is the marker in base64: opaque enough, and it survives every client's way of encoding queries.
Result<std::string> read_token(std::string_view token) {
  auto marker = codec::base64_decode(token);
  if (marker) return *std::move(marker);
  return Error(ErrorCode::kInvalidArgument, "The continuation token provided is incorrect.").with("ArgumentName", "continuation-token");
}

Result<Wanted> read_wanted(const Call& call) {
  Wanted wanted;
  TRY(wanted.encode, wants_url_encoding(call));
  TRY(wanted.list.entries_max, page_size(call, "max-keys", 100));
  TRY(wanted.list.prefix, list_parameter(call, "prefix"));
  TRY(wanted.list.delimiter, list_parameter(call, "delimiter"));
  const auto type = call.parameter("list-type");
  if (type && *type != "2") return Error(ErrorCode::kInvalidArgument, "").with("ArgumentName", "list-type").with("ArgumentValue", *type);
  wanted.second = type.has_value();
  if (!wanted.second) {
    TRY(wanted.list.marker, list_parameter(call, "marker"));
    return wanted;
  }
  wanted.owner = codec::iequals(call.parameter("fetch-owner").value_or(""), "true");
  TRY(wanted.start_after, list_parameter(call, "start-after"));
  wanted.list.marker = wanted.start_after;
  if (const auto token = call.parameter("continuation-token")) {
    wanted.token = *token;
    TRY(wanted.list.marker, read_token(*token));
  }
  return wanted;
}

void write_head(codec::XmlWriter& xml, const Wanted& wanted, const objects::ObjectsPage& page, const BucketName& name) {
  xml.declaration().open("ListBucketResult").element("Name", name.get()).element("Prefix", listed(wanted.list.prefix, wanted.encode));
  if (!wanted.second) {
    xml.element("Marker", listed(wanted.list.marker, wanted.encode));
  } else {
    if (!wanted.start_after.empty()) xml.element("StartAfter", listed(wanted.start_after, wanted.encode));
    if (!wanted.token.empty()) xml.element("ContinuationToken", listed(wanted.token, wanted.encode));
  }
  xml.element("MaxKeys", wanted.list.entries_max).element("Delimiter", listed(wanted.list.delimiter, wanted.encode));
  if (wanted.encode) xml.element("EncodingType", "url");
  xml.element("IsTruncated", page.truncated);
  if (page.truncated && !wanted.second) xml.element("NextMarker", listed(page.next_marker, wanted.encode));
  if (page.truncated && wanted.second) xml.element("NextContinuationToken", listed(codec::base64_encode(page.next_marker), wanted.encode));
  if (wanted.second) xml.element("KeyCount", page.objects.size() + page.common_prefixes.size());
}

void write_object(codec::XmlWriter& xml, const objects::ListedObject& object, const Wanted& wanted, const AccountUid& owner) {
  const Version& version = object.version;
  xml.open("Contents").element("Key", listed(object.key.get(), wanted.encode)).element("LastModified", codec::format_iso_millis(version.last_modified_millis));
  xml.element("ETag", quoted(version.etag)).element("Type", text_of(version.type)).element("Size", version.size);
  xml.element("StorageClass", text_of(version.storage_class));
  if (wanted.owner) write_owner(xml, owner);
  xml.close();
}

}  // namespace

Task<Result<http::Response>> list_objects(OpContext op, CallRef call) {
  CO_TRY(const Wanted wanted, read_wanted(*call));
  const objects::BucketRef bucket = call->bucket;
  CO_TRY(const objects::ObjectsPage page, co_await objects::list_objects(op, bucket, wanted.list));
  codec::XmlWriter xml;
  write_head(xml, wanted, page, call->settings().name);
  for (const objects::ListedObject& object : page.objects) write_object(xml, object, wanted, call->settings().owner);
  for (const std::string& prefix : page.common_prefixes) xml.open("CommonPrefixes").element("Prefix", listed(prefix, wanted.encode)).close();
  xml.close();
  co_return xml_reply(xml);
}

}  // namespace farshore::api::oss
