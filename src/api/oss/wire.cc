// SPDX-License-Identifier: Apache-2.0
#include "api/oss/wire.h"

namespace farshore::api::oss {

std::string_view text_of(StorageClass storage_class) {
  switch (storage_class) {
    case StorageClass::kStandard: return "Standard";
    case StorageClass::kIa: return "IA";
    case StorageClass::kArchive: return "Archive";
    case StorageClass::kColdArchive: return "ColdArchive";
    case StorageClass::kDeepColdArchive: return "DeepColdArchive";
  }
  return "Standard";
}

std::string_view text_of(ObjectType type) {
  switch (type) {
    case ObjectType::kNormal: return "Normal";
    case ObjectType::kMultipart: return "Multipart";
    case ObjectType::kAppendable: return "Appendable";
    case ObjectType::kSymlink: return "Symlink";
  }
  return "Normal";
}

std::string_view text_of(ObjectAcl acl) {
  switch (acl) {
    case ObjectAcl::kDefault: return "default";
    case ObjectAcl::kPrivate: return "private";
    case ObjectAcl::kPublicRead: return "public-read";
    case ObjectAcl::kPublicReadWrite: return "public-read-write";
  }
  return "default";
}

std::string_view text_of(BucketAcl acl) {
  switch (acl) {
    case BucketAcl::kPrivate: return "private";
    case BucketAcl::kPublicRead: return "public-read";
    case BucketAcl::kPublicReadWrite: return "public-read-write";
  }
  return "private";
}

std::string_view text_of(Encryption encryption) {
  switch (encryption) {
    case Encryption::kNone: return "";
    case Encryption::kAes256: return "AES256";
    case Encryption::kKms: return "KMS";
    case Encryption::kSm4: return "SM4";
  }
  return "";
}

std::optional<StorageClass> parse_storage_class(std::string_view text) {
  for (const StorageClass each : {StorageClass::kStandard, StorageClass::kIa, StorageClass::kArchive, StorageClass::kColdArchive, StorageClass::kDeepColdArchive}) {
    if (text_of(each) == text) return each;
  }
  return std::nullopt;
}

std::optional<ObjectAcl> parse_object_acl(std::string_view text) {
  for (const ObjectAcl each : {ObjectAcl::kDefault, ObjectAcl::kPrivate, ObjectAcl::kPublicRead, ObjectAcl::kPublicReadWrite}) {
    if (text_of(each) == text) return each;
  }
  return std::nullopt;
}

std::optional<BucketAcl> parse_bucket_acl(std::string_view text) {
  for (const BucketAcl each : {BucketAcl::kPrivate, BucketAcl::kPublicRead, BucketAcl::kPublicReadWrite}) {
    if (text_of(each) == text) return each;
  }
  return std::nullopt;
}

std::string quoted(std::string_view etag) {
  std::string out;
  out.reserve(etag.size() + 2);
  out.append("\"").append(etag).append("\"");
  return out;
}

http::Response xml_reply(codec::XmlWriter& xml) { return http::Response(200).text("application/xml", xml.take()); }

void set_version_id(http::Response& response, const std::optional<VersionId>& id) {
  if (id) response.header("x-oss-version-id", id->text());
}

void write_owner(codec::XmlWriter& xml, const AccountUid& owner) {
  xml.open("Owner").element("ID", owner.get()).element("DisplayName", owner.get()).close();
}

Error not_implemented(std::string_view name) {
  return Error(ErrorCode::kNotImplemented, std::string(name) + " is not implemented by this server.").with("Header", name);
}

}  // namespace farshore::api::oss
