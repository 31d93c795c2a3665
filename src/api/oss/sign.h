// SPDX-License-Identifier: Apache-2.0
// Signer: signs outgoing OSS requests, versions 1 and 4, in headers or in a URL. For the operator command, benchmarks and tests.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/oss/signing_key.h"
#include "base/secret.h"
#include "codec/url.h"
#include "http/message.h"

namespace farshore::api::oss {

/// Who signs.
struct SigningCredential {
  std::string access_key;
  Secret secret;
  std::optional<std::string> token;  ///< of temporary credentials
};

/// What is signed; bucket and key decoded, empty where there is none. Views for the length of one call.
struct OutgoingRequest {
  std::string_view method;
  std::string_view bucket;
  std::string_view key;
};

enum class SignatureVersion : std::uint8_t { kV1, kV4 };

/// One credential in one region. Keeps the derived key of the day. One thread at a time.
class Signer {
 public:
  Signer(SigningCredential credential, std::string region, SignatureVersion version = SignatureVersion::kV4)
      : credential_(std::move(credential)), region_(std::move(region)), version_(version) {}

  /// Adds the date, token and Authorization headers. All x-oss-*, Content-Type and Content-MD5 headers must be there already
  /// and must not change afterwards; so must the query.
  void sign(const OutgoingRequest& request, const codec::Query& query, http::Headers& headers, std::int64_t now_millis);

  /// Adds the parameters of a presigned URL to the query, good for `lifetime` (version 4: at most 7 days). The sender repeats
  /// exactly the x-oss-*, Content-Type and Content-MD5 headers given here.
  void presign(const OutgoingRequest& request, codec::Query& query, const http::Headers& headers, std::int64_t now_millis, std::chrono::seconds lifetime);

 private:
  std::string v4_signature(const OutgoingRequest& request, const codec::Query& query, const http::Headers& headers, std::string_view timestamp,
                           std::string_view day);
  std::string v1_signature(const OutgoingRequest& request, const codec::Query& query, const http::Headers& headers, std::string_view date) const;
  SigningCredential credential_;
  std::string region_;
  SignatureVersion version_;
  SigningKeys keys_;
};

}  // namespace farshore::api::oss
