// SPDX-License-Identifier: Apache-2.0
// SignatureVerifier: whether a claim is timely and its signature was made with the caller's secret.
#pragma once

#include <cstdint>

#include "api/oss/authorization.h"
#include "api/oss/signing_key.h"
#include "api/oss/signing_text.h"
#include "base/secret.h"

namespace farshore::api::oss {

// Rule: OSS, "Signatures": a request is refused if its time is more than 15 minutes from the server's.
inline constexpr std::int64_t kRuleClockSkewMillisMax = 15 * 60 * 1000;

/// Everything about a claim that needs no secret: its time, its expiry, its region.
///
/// Errors  kRequestTimeTooSkewed, with ServerTime and RequestTime
///         kAccessDenied: no readable date; an expired or unreadable expiry
///         kInvalidArgument: the credential's region or day is not the one of the endpoint and the timestamp
Result<void> check_claim(const Claim& claim, std::string_view endpoint_region, std::int64_t now_millis);

/// Verifies signatures; keeps derived keys. Owned by the protocol's entry; loop thread only.
class SignatureVerifier {
 public:
  /// The claim's signature against all spellings that published clients use, in constant time each.
  /// Error: kSignatureDoesNotMatch with the string that was expected to be signed.
  Result<void> verify(const Claim& claim, const SignedRequest& request, const Secret& secret);

 private:
  Result<void> verify_v1(const Claim& claim, const SignedRequest& request, const Secret& secret) const;
  Result<void> verify_v4(const Claim& claim, const SignedRequest& request, const Secret& secret);
  SigningKeys keys_;
};

}  // namespace farshore::api::oss
