// SPDX-License-Identifier: Apache-2.0
#include "api/oss/object_headers.h"

#include <algorithm>

#include "api/common/read_body.h"
#include "api/oss/tagging.h"
#include "api/oss/wire.h"
#include "codec/date.h"
#include "codec/text.h"

namespace farshore::api::oss {
namespace {

constexpr std::string_view kUserPrefix = "x-oss-meta-";
// Rule: OSS, "User metadata": at most 8 KB in all.
constexpr std::size_t kRuleUserMetadataBytesMax = 8 * 1024;
// Rule: OSS, "PutObject": the default Content-Type.
constexpr std::string_view kDefaultContentType = "application/octet-stream";

Error invalid(std::string_view name, std::string_view value, std::string_view message) {
  return Error(ErrorCode::kInvalidArgument, std::string(message)).with("ArgumentName", name).with("ArgumentValue", value);
}

/// Headers that stand for something not built, or that make no sense on a write.
bool is_refused_on_writes(std::string_view lower) {
  constexpr std::string_view kNames[] = {"if-modified-since", "if-unmodified-since", "if-match", "if-none-match", "x-oss-persistent-headers",
                                         "x-oss-server-side-data-encryption"};
  return std::find(std::begin(kNames), std::end(kNames), lower) != std::end(kNames) || lower.starts_with("x-oss-server-side-encryption-customer-");
}

Result<void> read_encryption(const Call& call, objects::NewObject& object) {
  const auto algorithm = call.header("x-oss-server-side-encryption");
  const auto key_id = call.header("x-oss-server-side-encryption-key-id");
  if (!algorithm) return {};
  if (*algorithm == "KMS" || *algorithm == "SM4") return not_implemented("x-oss-server-side-encryption: " + std::string(*algorithm));
  if (*algorithm != "AES256") return Error(ErrorCode::kInvalidEncryptionAlgorithmError, "").with("ArgumentValue", *algorithm);
  if (key_id) return invalid("x-oss-server-side-encryption-key-id", *key_id, "A key id is only allowed with KMS encryption.");
  object.encryption = Encryption::kAes256;
  return {};
}

Result<void> read_choices(const Call& call, objects::NewObject& object) {
  if (const auto acl = call.header("x-oss-object-acl")) {
    const auto parsed = parse_object_acl(*acl);
    if (!parsed) return invalid("x-oss-object-acl", *acl, "no such object access control exists").with("EC", "0017-00000105");
    object.acl = *parsed;
  }
  if (const auto storage_class = call.header("x-oss-storage-class")) {
    object.storage_class = parse_storage_class(*storage_class);
    if (!object.storage_class) return invalid("x-oss-storage-class", *storage_class, "The storage class you specified is not valid.");
  }
  if (const auto tagging = call.header("x-oss-tagging")) {
    TRY(object.tags, read_tagging_header(*tagging));
  }
  if (const auto forbid = call.header("x-oss-forbid-overwrite")) object.forbid_overwrite = codec::iequals(*forbid, "true");
  return read_encryption(call, object);
}

}  // namespace

Result<objects::NewObject> read_new_object(const Call& call) {
  objects::NewObject object;
  object.key = call.key();
  ObjectMetadata& metadata = object.metadata;
  std::size_t user_bytes = 0;
  bool chosen = false;
  for (const http::HeaderView header : call.request.headers) {
    const std::string name = codec::to_lower(header.name);
    if (name.starts_with(kUserPrefix)) {
      user_bytes += name.size() - kUserPrefix.size() + header.value.size();
      metadata.user.emplace_back(name.substr(kUserPrefix.size()), std::string(header.value));
    } else if (is_refused_on_writes(name)) {
      return not_implemented(header.name);
    } else if (name == "content-type") {
      metadata.content_type = header.value;
    } else if (name == "cache-control") {
      metadata.cache_control = header.value;
    } else if (name == "content-disposition") {
      metadata.content_disposition = header.value;
    } else if (name == "content-encoding") {
      metadata.content_encoding = header.value;
    } else if (name == "content-language") {
      metadata.content_language = header.value;
    } else if (name == "expires") {
      metadata.expires = header.value;
    } else if (name.starts_with("x-oss-")) {
      chosen = true;
    }
  }
  if (user_bytes > kRuleUserMetadataBytesMax) return invalid("x-oss-meta-*", std::to_string(user_bytes), "User metadata must not exceed 8192 bytes.");
  std::sort(metadata.user.begin(), metadata.user.end());
  if (metadata.content_type.empty()) metadata.content_type = kDefaultContentType;
  if (chosen) TRY_OK(read_choices(call, object));
  return object;
}

Result<objects::ExpectedContent> read_expected(const Call& call) {
  objects::ExpectedContent expected;
  if (const auto md5 = call.header("Content-MD5")) {
    const auto digest = codec::base64_decode(*md5);
    if (!digest || digest->size() != 16) return Error(ErrorCode::kInvalidDigest, "").with("ContentMD5", *md5);
    expected.content_md5 = std::string(*md5);
  }
  if (const auto crc = call.header("x-oss-hash-crc64ecma")) {
    expected.crc64 = codec::parse_decimal<std::uint64_t>(*crc);
    if (!expected.crc64) return invalid("x-oss-hash-crc64ecma", *crc, "The CRC64 must be an unsigned decimal number.");
  }
  return expected;
}

Result<std::unique_ptr<BodySource>> take_content(Call& call) {
  if (!call.request.body_declared) return Error(ErrorCode::kMissingContentLength, "");
  if (call.request.body->length().value_or(0) > objects::kRulePutBytesMax) return Error(ErrorCode::kEntityTooLarge, "");
  std::unique_ptr<BodySource> body = std::move(call.request.body);
  if (const auto announced = call.header("x-oss-content-sha256"); announced && announced->size() == 64) {
    auto digest = codec::hex_decode(*announced);
    if (!digest) return invalid("x-oss-content-sha256", *announced, "The payload hash is not hexadecimal.");
    body = check_sha256(std::move(body), *std::move(digest));
  }
  return body;
}

void write_encryption(http::Response& response, Encryption encryption) {
  if (encryption != Encryption::kNone) response.header("x-oss-server-side-encryption", text_of(encryption));
}

void write_object_headers(http::Response& response, const Version& version, const BucketSettings& settings) {
  http::Headers& headers = response.headers();
  headers.reserve(20, 768);
  const ObjectMetadata& metadata = version.metadata;
  headers.add("Content-Type", metadata.content_type.empty() ? kDefaultContentType : std::string_view(metadata.content_type));
  headers.add("ETag", quoted(version.etag));
  headers.add("Last-Modified", codec::format_rfc1123(version.last_modified_millis));
  headers.add("Accept-Ranges", "bytes");
  headers.add("x-oss-object-type", text_of(version.type));
  headers.add("x-oss-storage-class", text_of(version.storage_class));
  headers.add("x-oss-hash-crc64ecma", std::to_string(version.crc64));
  if (!version.content_md5.empty()) headers.add("Content-MD5", version.content_md5);
  set_version_id(response, objects::shown_version_id(settings, version));
  const auto add_if = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) headers.add(name, value);
  };
  add_if("Cache-Control", metadata.cache_control);
  add_if("Content-Disposition", metadata.content_disposition);
  add_if("Content-Encoding", metadata.content_encoding);
  add_if("Content-Language", metadata.content_language);
  add_if("Expires", metadata.expires);
  for (const auto& [name, value] : metadata.user) headers.add(std::string(kUserPrefix) + name, value);
  write_encryption(response, version.sealing.algorithm);
  if (!version.tags.empty()) headers.add("x-oss-tagging-count", std::to_string(version.tags.size()));
}

}  // namespace farshore::api::oss
