// SPDX-License-Identifier: Apache-2.0
// ListObjectVersions: all versions and delete markers, newest first within a key.
#include "api/oss/handlers.h"
#include "api/oss/listing.h"
#include "api/oss/wire.h"
#include "codec/date.h"

namespace farshore::api::oss {
namespace {

Result<objects::ListVersions> read_wanted(const Call& call) {
  objects::ListVersions list;
  TRY(list.entries_max, page_size(call, "max-keys", 100));
  TRY(list.prefix, list_parameter(call, "prefix"));
  TRY(list.delimiter, list_parameter(call, "delimiter"));
  TRY(list.key_marker, list_parameter(call, "key-marker"));
  if (const auto marker = call.parameter("version-id-marker")) {
    if (list.key_marker.empty()) {
      return Error(ErrorCode::kInvalidArgument, "A version-id marker cannot be specified without a key marker.").with("ArgumentName", "version-id-marker");
    }
    TRY(list.version_id_marker, VersionId::parse(*marker));
  }
  return list;
}

void write_version(codec::XmlWriter& xml, const objects::ListedVersion& entry, bool encode, const AccountUid& owner) {
  const Version& version = entry.version;
  const bool marker = version.kind == VersionKind::kDeleteMarker;
  xml.open(marker ? "DeleteMarker" : "Version").element("Key", listed(entry.key.get(), encode)).element("VersionId", version.id.text());
  xml.element("IsLatest", entry.is_latest).element("LastModified", codec::format_iso_millis(version.last_modified_millis));
  if (!marker) {
    xml.element("ETag", quoted(version.etag)).element("Type", text_of(version.type)).element("Size", version.size);
    xml.element("StorageClass", text_of(version.storage_class));
  }
  write_owner(xml, owner);
  xml.close();
}

}  // namespace

Task<Result<http::Response>> list_object_versions(OpContext op, CallRef call) {
  CO_TRY(const bool encode, wants_url_encoding(*call));
  CO_TRY(const objects::ListVersions list, read_wanted(*call));
  const objects::BucketRef bucket = call->bucket;
  CO_TRY(const objects::VersionsPage page, co_await objects::list_versions(op, bucket, list));
  codec::XmlWriter xml;
  xml.declaration().open("ListVersionsResult").element("Name", call->settings().name.get()).element("Prefix", listed(list.prefix, encode));
  xml.element("KeyMarker", listed(list.key_marker, encode)).element("VersionIdMarker", call->parameter("version-id-marker").value_or(""));
  xml.element("MaxKeys", list.entries_max).element("Delimiter", listed(list.delimiter, encode));
  if (encode) xml.element("EncodingType", "url");
  xml.element("IsTruncated", page.truncated);
  if (page.truncated) {
    xml.element("NextKeyMarker", listed(page.next_key_marker, encode));
    xml.element("NextVersionIdMarker", page.next_version_id_marker ? page.next_version_id_marker->text() : std::string_view());
  }
  for (const objects::ListedVersion& entry : page.versions) write_version(xml, entry, encode, call->settings().owner);
  for (const std::string& prefix : page.common_prefixes) xml.open("CommonPrefixes").element("Prefix", listed(prefix, encode)).close();
  xml.close();
  co_return xml_reply(xml);
}

}  // namespace farshore::api::oss
