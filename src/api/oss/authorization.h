// SPDX-License-Identifier: Apache-2.0
// Claim: what a request says about who signed it, in any of the published forms, before anything is believed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/url.h"
#include "http/message.h"

namespace farshore::api::oss {

enum class Scheme : std::uint8_t { kAnonymous, kV1Header, kV1Url, kV4Header, kV4Url };

/// The fields of a signature. Plain text from outside; nothing is verified.
struct Claim {
  Scheme scheme = Scheme::kAnonymous;
  std::string access_key;
  std::optional<std::string> token;
  std::string signature;
  std::string timestamp;  ///< the text of the date line; V1 URL: the expiry in seconds
  // Version 4 only.
  std::string day;
  std::string region;
  std::string product;
  std::vector<std::string> additional;  ///< lower case, sorted, distinct, without default-signed headers
  std::int64_t expires_seconds = 0;     ///< V4 URL: 1 to 604,800
  bool is_url() const { return scheme == Scheme::kV1Url || scheme == Scheme::kV4Url; }
};

// Rule: OSS, "Signature version 4 in a URL": x-oss-expires from 1 second to 7 days.
inline constexpr std::int64_t kRuleV4ExpiresSecondsMax = 604800;

/// Reads the claim. `query` is the request's, decoded.
///
/// Errors  kNotImplemented: a version 2 signature, a form upload or the S3 dialect, by name
///         kInvalidArgument: a malformed Authorization value or credential, two signatures at once, x-oss-expires out of range
///         kAccessDenied: only some parameters of a presigned URL, no usable date
///         kInvalidRequest: a token header beside a URL signature
Result<Claim> read_claim(const http::Request& request, const codec::Query& query);

}  // namespace farshore::api::oss
