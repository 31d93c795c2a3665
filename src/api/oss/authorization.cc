// SPDX-License-Identifier: Apache-2.0
#include "api/oss/authorization.h"

#include <algorithm>

#include "api/oss/signing_text.h"
#include "codec/text.h"

namespace farshore::api::oss {
namespace {

Error bad_header(std::string_view what) {
  return Error(ErrorCode::kInvalidArgument, "Invalid " + std::string(what) + " in Authorization header.").with("ArgumentName", "Authorization");
}

Error refused(std::string_view what) {
  return Error(ErrorCode::kNotImplemented, std::string(what) + " is not implemented.").with("Header", "Authorization");
}

/// The text of the date line in header forms: x-oss-date wins, because some clients cannot set Date.
Result<std::string> header_timestamp(const http::Headers& headers) {
  if (const auto date = headers.find("x-oss-date")) return std::string(codec::trim(*date));
  if (const auto date = headers.find("Date")) return std::string(codec::trim(*date));
  return Error(ErrorCode::kAccessDenied, "OSS authentication requires a valid Date.");
}

/// Header form: signed x-oss-security-token; Python v2 under version 1 names it without the prefix.
std::optional<std::string> header_token(const http::Headers& headers) {
  if (const auto token = headers.find("x-oss-security-token")) return std::string(codec::trim(*token));
  if (const auto token = headers.find("security-token")) return std::string(codec::trim(*token));
  return std::nullopt;
}

std::optional<std::string> text_of(std::optional<std::string_view> found) {
  return found ? std::optional<std::string>(*found) : std::nullopt;
}

/// "<id>/<day>/<region>/<product>/aliyun_v4_request", split from the right: nothing says what an id may hold but '/'.
Result<void> read_credential(std::string_view credential, Claim& claim) {
  std::string_view rest = credential;
  if (std::count(rest.begin(), rest.end(), '/') != 4 || rest.starts_with('/')) return bad_header("credential");
  claim.access_key = codec::take_piece(rest, '/');
  claim.day = codec::take_piece(rest, '/');
  claim.region = codec::take_piece(rest, '/');
  claim.product = codec::take_piece(rest, '/');
  if (rest != kV4Terminator) return bad_header("request version");
  if (claim.product != kV4Product) return bad_header("product");
  return {};
}

void read_additional(std::string_view names, Claim& claim) {
  for (const std::string_view name : codec::split(names, ';')) {
    std::string lower = codec::to_lower(codec::trim(name));
    if (!lower.empty() && !is_v4_default_header(lower)) claim.additional.push_back(std::move(lower));
  }
  std::sort(claim.additional.begin(), claim.additional.end());
  claim.additional.erase(std::unique(claim.additional.begin(), claim.additional.end()), claim.additional.end());
}

Result<Claim> read_v4_header(std::string_view fields, const http::Headers& headers) {
  Claim claim;
  claim.scheme = Scheme::kV4Header;
  bool has_credential = false;
  for (bool more = true; more;) {
    more = fields.find(',') != std::string_view::npos;
    const std::string_view field = codec::trim(codec::take_piece(fields, ','));
    const std::size_t equals = field.find('=');
    if (equals == std::string_view::npos) return bad_header("field");
    const std::string_view name = field.substr(0, equals);
    const std::string_view value = field.substr(equals + 1);
    if (name == "Credential") {
      TRY_OK(read_credential(value, claim));
      has_credential = true;
    } else if (name == "Signature") {
      claim.signature = value;
    } else if (name == "AdditionalHeaders") {
      read_additional(value, claim);
    } else {
      return bad_header("field");
    }
  }
  if (!has_credential) return bad_header("credential");
  if (claim.signature.empty()) return bad_header("signature");
  claim.token = header_token(headers);
  TRY(claim.timestamp, header_timestamp(headers));
  return claim;
}

Result<Claim> read_v1_header(std::string_view value, const http::Headers& headers) {
  value = codec::trim(value);
  const std::size_t colon = value.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == value.size()) return bad_header("signature");
  Claim claim;
  claim.scheme = Scheme::kV1Header;
  claim.access_key = value.substr(0, colon);
  claim.signature = value.substr(colon + 1);
  claim.token = header_token(headers);
  TRY(claim.timestamp, header_timestamp(headers));
  return claim;
}

Result<Claim> read_v1_url(const codec::Query& query) {
  const auto access_key = query.find("OSSAccessKeyId");
  const auto expires = query.find("Expires");
  const auto signature = query.find("Signature");
  if (!access_key || !expires || !signature) {
    return Error(ErrorCode::kAccessDenied, "Query-string authentication requires the Signature, Expires and OSSAccessKeyId parameters");
  }
  Claim claim;
  claim.scheme = Scheme::kV1Url;
  claim.access_key = *access_key;
  claim.signature = *signature;
  claim.timestamp = *expires;
  claim.token = text_of(query.find("security-token"));
  return claim;
}

Result<Claim> read_v4_url(const codec::Query& query) {
  Claim claim;
  claim.scheme = Scheme::kV4Url;
  TRY_OK(read_credential(query.find("x-oss-credential").value_or(std::string_view()), claim));
  claim.signature = query.find("x-oss-signature").value_or(std::string_view());
  claim.timestamp = query.find("x-oss-date").value_or(std::string_view());
  if (claim.signature.empty()) return bad_header("signature");
  if (claim.timestamp.empty()) return Error(ErrorCode::kAccessDenied, "OSS authentication requires a valid Date.");
  const auto expires = query.find("x-oss-expires");
  if (!expires) {
    return Error(ErrorCode::kInvalidArgument, "The x-oss-expires parameter is required.").with("ArgumentName", "x-oss-expires").with("EC", "0002-00000215");
  }
  const auto seconds = codec::parse_decimal<std::int64_t>(*expires);
  if (!seconds || *seconds < 1 || *seconds > kRuleV4ExpiresSecondsMax) {
    return Error(ErrorCode::kInvalidArgument, "x-oss-expires must be from 1 to 604800 seconds.")
        .with("ArgumentName", "x-oss-expires")
        .with("ArgumentValue", *expires)
        .with("EC", "0002-00000232");
  }
  claim.expires_seconds = *seconds;
  read_additional(query.find("x-oss-additional-headers").value_or(std::string_view()), claim);
  claim.token = text_of(query.find("x-oss-security-token"));
  return claim;
}

bool is_form_upload(const http::Request& request) {
  return request.method == "POST" && codec::istarts_with(codec::trim(request.headers.get("Content-Type")), "multipart/form-data");
}

/// The version 4 and version 1 parameters of a presigned URL; nothing if there are none.
Result<std::optional<Claim>> read_url(const http::Request& request, const codec::Query& query) {
  std::optional<Claim> claim;
  if (const auto version = query.find("x-oss-signature-version")) {
    if (*version == "OSS2") return refused("Signature version 2");
    if (*version != kV4Algorithm) return bad_header("signature version");
    TRY(claim, read_v4_url(query));
  } else if (query.has("Signature") || query.has("OSSAccessKeyId") || query.has("Expires")) {
    TRY(claim, read_v1_url(query));
  } else if (query.has("X-Amz-Algorithm") || query.has("AWSAccessKeyId")) {
    return refused("The S3 dialect");
  }
  if (claim && request.headers.has("x-oss-security-token")) {
    return Error(ErrorCode::kInvalidRequest, "Security-token must be provided by query string parameter.");
  }
  return claim;
}

}  // namespace

Result<Claim> read_claim(const http::Request& request, const codec::Query& query) {
  std::optional<Claim> from_url;
  if (!query.empty()) {
    TRY(from_url, read_url(request, query));
  }
  const auto header = request.headers.find("Authorization");
  if (!header || codec::trim(*header).empty()) {
    if (from_url) return *std::move(from_url);
    if (is_form_upload(request)) return refused("PostObject (form upload)");
    return Claim();
  }
  if (from_url) return Error(ErrorCode::kInvalidArgument, "Only one of header and URL signature may be used.").with("ArgumentName", "Authorization");
  const std::string_view value = codec::trim(*header);
  constexpr std::string_view kV1 = "OSS ";
  if (value.starts_with(kV4Algorithm)) return read_v4_header(value.substr(kV4Algorithm.size()), request.headers);
  if (value.starts_with("OSS2 ")) return refused("Signature version 2");
  if (value.starts_with(kV1)) return read_v1_header(value.substr(kV1.size()), request.headers);
  if (value.starts_with("AWS")) return refused("The S3 dialect");
  return bad_header("signature method");
}

}  // namespace farshore::api::oss
