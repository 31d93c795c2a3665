// SPDX-License-Identifier: Apache-2.0
// The operator's signature: OSS version 4 in headers, for the product "farshore", over the path, the query and the body.
//
//   Authorization  OSS4-HMAC-SHA256 Credential=operator/<day>/<region>/farshore/aliyun_v4_request,Signature=<hex>
//   x-oss-date             20240102T030405Z
//   x-oss-content-sha256   hex(sha256(body)), always: the signature covers it, so it covers the body
#pragma once

#include <cstdint>
#include <string_view>

#include "api/common/rpc_nonces.h"
#include "api/oss/signing_key.h"
#include "base/secret.h"
#include "codec/url.h"
#include "http/client.h"
#include "http/message.h"
#include "model/ids.h"

namespace farshore::api::admin {

inline constexpr std::string_view kOperatorKeyId = "operator";
inline constexpr std::string_view kAdminProduct = "farshore";
inline constexpr std::int64_t kAdminSkewMillisMax = 15 * 60 * 1000;

/// Sets the target from `path` (plain text that needs no escapes) and `query`, and adds the three headers. The request's method
/// and bytes must be there already.
void sign_admin(http::ClientRequest& request, std::string_view path, const codec::Query& query, const Secret& secret, const RegionId& region,
                std::int64_t now_millis);

/// Checks signatures of the one operator. Owned by AdminService; loop thread only.
class AdminVerifier {
 public:
  /// An empty secret refuses everything.
  AdminVerifier(Secret secret, RegionId region) : secret_(std::move(secret)), region_(std::move(region)) {}
  /// Errors  kAccessDenied: no signature, no operator, no secret configured
  ///         kInvalidArgument: malformed, or signed for another region (detail signing_region: the right one)
  ///         kRequestTimeTooSkewed, kSignatureDoesNotMatch, kInvalidDigest
  ///         kInvalidRequest: a POST that was seen before, or too many at once
  Result<void> verify(const http::Request& request, const codec::Query& query, BytesView body, std::int64_t now_millis);

 private:
  Secret secret_;
  RegionId region_;
  oss::SigningKeys keys_;
  RpcNonces seen_;
};

}  // namespace farshore::api::admin
