// SPDX-License-Identifier: Apache-2.0
// The texts that OSS signatures cover, versions 1 and 4. Server and signer share them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/url.h"
#include "http/message.h"

namespace farshore::api::oss {

/// What a signature may cover; views for the length of one call. Bucket and key are decoded and count even when the
/// bucket stands in the host.
struct SignedRequest {
  std::string_view method;
  std::string_view bucket;  ///< empty: service call
  std::string_view key;     ///< empty: bucket call
  const codec::Query& query;
  const http::Headers& headers;
};

/// Which query parameters version 1 covers. Clients differ: Go v2 and the Terraform gateway sign every "x-oss-…" name.
enum class V1Coverage : std::uint8_t { kListed, kListedAndOss };

/// How version 4 writes a parameter without a value: ali-oss signs `prefix=` where all others sign `prefix`.
enum class EmptyValue : std::uint8_t { kNameOnly, kAsSent };

/// True if version 1 signs a parameter of that name (Rule: OSS, "Signature version 1", sub-resources).
bool is_v1_subresource(std::string_view name);

/// `date` is the text of its own line: a date, or the expiry of a presigned URL.
std::string v1_string_to_sign(const SignedRequest& request, std::string_view date, V1Coverage coverage);

/// The canonical request. `additional`: header names, lower case, sorted, without those that are signed anyway.
/// A header named there and missing in the request contributes no line, so that the signature differs.
std::string v4_canonical_request(const SignedRequest& request, std::span<const std::string> additional, EmptyValue empty);

/// "20240102/cn-fs1/oss/aliyun_v4_request".
std::string v4_scope(std::string_view day, std::string_view region, std::string_view product);
std::string v4_string_to_sign(std::string_view timestamp, std::string_view scope, std::string_view canonical_request);

/// True for headers that version 4 signs without being asked: x-oss-*, content-type, content-md5; in any case.
bool is_v4_default_header(std::string_view name);

inline constexpr std::string_view kV4Algorithm = "OSS4-HMAC-SHA256";
inline constexpr std::string_view kV4Product = "oss";
inline constexpr std::string_view kV4Terminator = "aliyun_v4_request";
inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";

}  // namespace farshore::api::oss
