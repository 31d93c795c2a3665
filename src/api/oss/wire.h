// SPDX-License-Identifier: Apache-2.0
// The public spellings of the model's enumerations, and what several handlers write in the same way.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "codec/xml.h"
#include "http/message.h"
#include "model/bucket.h"
#include "model/version.h"

namespace farshore::api::oss {

std::string_view text_of(StorageClass storage_class);
std::string_view text_of(ObjectType type);
std::string_view text_of(ObjectAcl acl);
std::string_view text_of(BucketAcl acl);
/// "AES256", "KMS", "SM4"; empty for none.
std::string_view text_of(Encryption encryption);

std::optional<StorageClass> parse_storage_class(std::string_view text);
std::optional<ObjectAcl> parse_object_acl(std::string_view text);
std::optional<BucketAcl> parse_bucket_acl(std::string_view text);

/// The ETag header's form: in quotes.
std::string quoted(std::string_view etag);
/// 200 with a finished document.
http::Response xml_reply(codec::XmlWriter& xml);
/// Sets x-oss-version-id where the bucket shows one.
void set_version_id(http::Response& response, const std::optional<VersionId>& id);
/// <Owner><ID/><DisplayName/></Owner>; Rule: OSS shows the uid as both.
void write_owner(codec::XmlWriter& xml, const AccountUid& owner);

/// Refuses by name a header that stands for something not built, if the request carries it.
Error not_implemented(std::string_view name);

}  // namespace farshore::api::oss
