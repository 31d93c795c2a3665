// SPDX-License-Identifier: Apache-2.0
// The two signatures of the RPC-style API as pure functions: V1 (HMAC-SHA1) and V3 (ACS3-HMAC-SHA256).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/secret.h"
#include "codec/url.h"
#include "http/message.h"

namespace farshore::api {

/// What V1 signs.
///
///   canonical      := pairs but Signature, sorted by decoded name, "enc(name)=enc(value)" joined by '&'
///   string to sign := METHOD "&%2F&" enc(canonical)
std::string v1_string_to_sign(std::string_view method, const std::vector<codec::QueryItem>& parameters);
/// base64(HMAC-SHA1(secret "&", text)).
std::string v1_signature(const Secret& secret, std::string_view string_to_sign);

inline constexpr std::string_view kAcs3Algorithm = "ACS3-HMAC-SHA256";

/// The parts of "ACS3-HMAC-SHA256 Credential=…,SignedHeaders=a;b,Signature=…". Views into the header.
struct Acs3Authorization {
  std::string_view access_key;
  std::vector<std::string_view> signed_headers;  ///< as the client lists them
  std::string_view signed_headers_text;
  std::string_view signature;  ///< hex, of either case
};
/// Blanks after the commas are allowed; nothing if a part is missing, empty, repeated, or a stranger is among them.
std::optional<Acs3Authorization> parse_acs3_authorization(std::string_view header [[clang::lifetimebound]]);

/// What V3 signs, over the client's own list of headers and their untouched values.
///
///   canonical := METHOD LF "/" LF query LF headers LF signed-headers LF body-digest
///   query     := sorted "enc(name)=enc(value)" joined by '&'
///   headers   := per signed header, sorted by name: lower-name ':' value LF; repeated ones sorted and joined by ','
struct Acs3Canonical {
  std::string_view method;
  const std::vector<codec::QueryItem>& query;  ///< decoded; the form is covered by the digest
  const http::Headers& headers;
  const std::vector<std::string_view>& signed_headers;
  std::string_view signed_headers_text;
  std::string_view body_digest;  ///< x-acs-content-sha256 as sent
};
std::string acs3_canonical_request(const Acs3Canonical& parts);
/// hex(HMAC-SHA256(secret, "ACS3-HMAC-SHA256" LF hex(sha256(canonical)))).
std::string acs3_signature(const Secret& secret, std::string_view canonical_request);

}  // namespace farshore::api
