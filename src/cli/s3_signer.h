// SPDX-License-Identifier: Apache-2.0
// S3Signer: signs outgoing requests as S3 clients do, so that other stores are measured by the same hand.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "codec/url.h"
#include "http/message.h"

namespace farshore::cli {

/// AWS signature version 4 in headers (docs.aws.amazon.com, "Authenticating Requests: Using the Authorization Header"); the body is not signed.
/// One credential in one region; keeps the derived key of the day. One thread at a time.
class S3Signer {
 public:
  S3Signer(std::string access_key, Secret secret, std::string region) : access_key_(std::move(access_key)), secret_(std::move(secret)), region_(std::move(region)) {}

  /// Adds the date, x-amz-content-sha256 if it is missing, and Authorization. All headers that are there are signed and must not change
  /// afterwards; Host is one of them. `path`: percent-encoded, as it is sent.
  void sign(std::string_view method, std::string_view path, const codec::Query& query, http::Headers& headers, std::int64_t now_millis);

 private:
  std::string access_key_;
  Secret secret_;
  std::string region_;
  std::string day_;  ///< of `key_`
  Secret key_;
};

}  // namespace farshore::cli
