// SPDX-License-Identifier: Apache-2.0
#include "api/oss/signature.h"

#include <optional>

#include "codec/date.h"
#include "codec/text.h"
#include "crypto/digest.h"
#include "crypto/equal.h"

namespace farshore::api::oss {
namespace {

Error no_date() { return Error(ErrorCode::kAccessDenied, "OSS authentication requires a valid Date."); }
Error expired() { return Error(ErrorCode::kAccessDenied, "Request has expired."); }

std::optional<std::int64_t> parse_timestamp(std::string_view text) {
  if (const auto basic = codec::parse_iso_basic(text)) return basic;
  return codec::parse_rfc1123(text);
}

Result<void> check_skew(std::int64_t at, std::int64_t now) {
  if (at - now <= kRuleClockSkewMillisMax && now - at <= kRuleClockSkewMillisMax) return {};
  return Error(ErrorCode::kRequestTimeTooSkewed, "")
      .with("ServerTime", codec::format_iso_millis(now))
      .with("RequestTime", codec::format_iso_millis(at))
      .with_retry(Retry::kAfterRefresh);
}

Result<void> check_v1_expiry(const Claim& claim, std::int64_t now) {
  const auto seconds = codec::parse_decimal<std::int64_t>(claim.timestamp);
  if (!seconds) return Error(ErrorCode::kAccessDenied, "Invalid date (should be seconds since epoch).");
  if (*seconds < now / 1000) return expired();
  return {};
}

/// "41 42 0A": how the product shows the bytes of a string to sign.
std::string spaced_hex(std::string_view bytes) {
  const std::string hex = codec::hex_encode_upper(bytes);
  std::string out;
  out.reserve(hex.size() * 3 / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    if (i > 0) out.push_back(' ');
    out.append(hex, i, 2);
  }
  return out;
}

Error mismatch(const Claim& claim, std::string_view string_to_sign) {
  return Error(ErrorCode::kSignatureDoesNotMatch, "")
      .with("OSSAccessKeyId", claim.access_key)
      .with("SignatureProvided", claim.signature)
      .with("StringToSign", string_to_sign)
      .with("StringToSignBytes", spaced_hex(string_to_sign));
}

bool has_oss_parameter(const codec::Query& query) {
  for (const codec::QueryItem& item : query.items()) {
    if (item.name.starts_with("x-oss-") && !is_v1_subresource(item.name)) return true;
  }
  return false;
}

bool has_empty_value_with_equals(const codec::Query& query) {
  for (const codec::QueryItem& item : query.items()) {
    if (item.value.empty() && item.has_equals) return true;
  }
  return false;
}

}  // namespace

Result<void> check_claim(const Claim& claim, std::string_view endpoint_region, std::int64_t now) {
  if (claim.scheme == Scheme::kAnonymous) return {};
  if (claim.scheme == Scheme::kV1Url) return check_v1_expiry(claim, now);
  const auto at = parse_timestamp(claim.timestamp);
  if (!at) return no_date();
  if (claim.scheme == Scheme::kV1Header) return check_skew(*at, now);
  if (claim.region != endpoint_region) {
    return Error(ErrorCode::kInvalidArgument, claim.is_url() ? "The signing region in credential is invalid." : "Invalid signing region in Authorization header.")
        .with("ArgumentName", "Authorization")
        .with("EC", "0002-00000226");
  }
  if (claim.day != codec::format_yyyymmdd(*at)) {
    return Error(ErrorCode::kInvalidArgument, "Invalid signing date in Authorization header.").with("ArgumentName", "Authorization");
  }
  if (claim.scheme == Scheme::kV4Header) return check_skew(*at, now);
  if (*at - now > kRuleClockSkewMillisMax) return check_skew(*at, now);
  if (now > *at + claim.expires_seconds * 1000) return expired();
  return {};
}

Result<void> SignatureVerifier::verify(const Claim& claim, const SignedRequest& request, const Secret& secret) {
  if (claim.scheme == Scheme::kAnonymous) return {};
  if (claim.scheme == Scheme::kV1Header || claim.scheme == Scheme::kV1Url) return verify_v1(claim, request, secret);
  return verify_v4(claim, request, secret);
}

Result<void> SignatureVerifier::verify_v1(const Claim& claim, const SignedRequest& request, const Secret& secret) const {
  const auto matches = [&](std::string_view date, V1Coverage coverage) {
    const crypto::Sha1Digest digest = crypto::hmac_sha1(secret.reveal(), v1_string_to_sign(request, date, coverage));
    return crypto::equal_constant_time(codec::base64_encode(crypto::view_of(digest)), claim.signature);
  };
  const bool more_parameters = has_oss_parameter(request.query);
  const auto matches_date = [&](std::string_view date) {
    return matches(date, V1Coverage::kListed) || (more_parameters && matches(date, V1Coverage::kListedAndOss));
  };
  if (matches_date(claim.timestamp)) return {};
  // Older Go callers add x-oss-date by hand and still sign Date.
  if (claim.scheme == Scheme::kV1Header && request.headers.has("x-oss-date")) {
    if (const auto date = request.headers.find("Date"); date && matches_date(codec::trim(*date))) return {};
  }
  return mismatch(claim, v1_string_to_sign(request, claim.timestamp, V1Coverage::kListed));
}

Result<void> SignatureVerifier::verify_v4(const Claim& claim, const SignedRequest& request, const Secret& secret) {
  const Secret& key = keys_.get(claim.access_key, secret, claim.day, claim.region, claim.product);
  const std::string scope = v4_scope(claim.day, claim.region, claim.product);
  const auto matches = [&](EmptyValue empty) {
    const std::string text = v4_string_to_sign(claim.timestamp, scope, v4_canonical_request(request, claim.additional, empty));
    const crypto::Sha256Digest digest = crypto::hmac_sha256(key.reveal(), text);
    return crypto::equal_constant_time(codec::hex_encode(crypto::view_of(digest)), claim.signature);
  };
  bool complete = true;  // a header that is said to be signed must be there
  for (const std::string& name : claim.additional) complete = complete && request.headers.has(name);
  if (complete && matches(EmptyValue::kNameOnly)) return {};
  if (complete && has_empty_value_with_equals(request.query) && matches(EmptyValue::kAsSent)) return {};
  const std::string canonical = v4_canonical_request(request, claim.additional, EmptyValue::kNameOnly);
  return mismatch(claim, v4_string_to_sign(claim.timestamp, scope, canonical)).with("CanonicalRequest", canonical);
}

}  // namespace farshore::api::oss
