// SPDX-License-Identifier: Apache-2.0
#include "api/common/rpc_authentication.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include <fmt/format.h>

#include "api/common/rpc_signature.h"
#include "codec/date.h"
#include "codec/text.h"
#include "crypto/digest.h"
#include "crypto/equal.h"

namespace farshore::api {
namespace {

RpcFault missing(std::string_view name) { return rpc_fault(missing_parameter(name)); }

RpcFault bad(std::string_view code, std::string message) { return {400, std::string(code), std::move(message), {}, 0, {}}; }

// What a caller says about itself, wherever its kind of signature puts that.
struct Claims {
  std::string access_key, timestamp, nonce;
  std::optional<std::string> token;
  std::optional<Acs3Authorization> acs3;
};

RpcResult<Claims> v1_claims(const RpcRequest& request) {
  const RpcParameters& from = request.parameters;
  for (const std::string_view name : {"AccessKeyId", "Signature", "Timestamp", "SignatureNonce", "SignatureMethod", "SignatureVersion"}) {
    if (!from.text(name)) return missing(name);
  }
  if (from.find("SignatureMethod") != "HMAC-SHA1") return bad("InvalidSignatureMethod", "The specified SignatureMethod is not supported; use HMAC-SHA1.");
  if (from.find("SignatureVersion") != "1.0") return bad("InvalidParameter", "The specified SignatureVersion is not supported; use 1.0.");
  return Claims{*from.text("AccessKeyId"), *from.text("Timestamp"), *from.text("SignatureNonce"), from.text("SecurityToken"), {}};
}

RpcResult<Claims> acs3_claims(const RpcRequest& request) {
  auto authorization = parse_acs3_authorization(request.headers.get("authorization"));
  if (!authorization) return bad("IncompleteSignature", "The Authorization header must carry Credential, SignedHeaders and Signature.");
  // A second line of a header that decides something could hide behind the one that is read.
  for (const std::string_view name : {"host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256",
                                      "x-acs-security-token", "authorization"}) {
    if (request.headers.all(name).size() > 1) return bad("InvalidParameter", fmt::format("The header {} occurs more than once.", name));
  }
  const std::string_view date = request.headers.get("x-acs-date");
  const std::string_view nonce = request.headers.get("x-acs-signature-nonce");
  if (date.empty()) return missing("Timestamp");
  if (nonce.empty()) return missing("SignatureNonce");
  Claims out{std::string(authorization->access_key), std::string(date), std::string(nonce), {}, {}};
  if (const auto token = request.headers.get("x-acs-security-token"); !token.empty()) out.token = std::string(token);
  out.acs3 = std::move(authorization);
  return out;
}

RpcResult<Claims> read_claims(const RpcRequest& request) {
  switch (request.signing) {
    case RpcSigning::kAcs3: return acs3_claims(request);
    case RpcSigning::kV1: return v1_claims(request);
    case RpcSigning::kAcsOther: return bad("InvalidSignatureMethod", "The specified signature algorithm is not supported; use ACS3-HMAC-SHA256.");
    case RpcSigning::kNone: return missing(request.parameters.text("AccessKeyId") ? "Signature" : "AccessKeyId");
  }
  return missing("Signature");
}

// Rule: RPC-style API, "Timestamp": exactly YYYY-MM-DDThh:mm:ssZ.
RpcResult<std::int64_t> check_timestamp(const std::string& text, std::int64_t now) {
  const auto at = text.size() == 20 && text.back() == 'Z' ? codec::parse_iso8601(text) : std::nullopt;
  if (!at) return bad("InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted.");
  if (*at < now - kRpcSkewMaxMillis || *at > now + kRpcSkewMaxMillis) {
    return bad("InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.");
  }
  return *at;
}

// Tokens are credentials: a refusal repeats only so much of one that its owner recognises it.
std::string masked(std::string_view token) { return fmt::format("{}...", token.substr(0, std::min<std::size_t>(8, token.size()))); }

std::string masked_in(std::string text, const std::optional<std::string>& token) {
  if (!token) return text;
  const std::string shown = masked(*token);  // which may hold a short token itself: go on behind it
  for (std::size_t at = text.find(*token); at != std::string::npos; at = text.find(*token, at + shown.size())) text.replace(at, token->size(), shown);
  return text;
}

RpcResult<void> check_v1(const RpcRequest& request, const Secret& secret) {
  const std::string expected = v1_signature(secret, v1_string_to_sign(request.method, request.parameters.all()));
  if (crypto::equal_constant_time(expected, request.parameters.text_or_empty("Signature"))) return {};
  auto shown = request.parameters.all();
  for (auto& item : shown) {
    if (item.name == "SecurityToken" && !item.value.empty()) item.value = masked(item.value);
  }
  // Rule: clients look for exactly this text and compare what follows with their own string.
  return bad("SignatureDoesNotMatch", "Specified signature is not matched with our calculation. server string to sign is:" +
                                          v1_string_to_sign(request.method, shown));
}

bool lists(const Acs3Authorization& authorization, std::string_view name) {
  return std::ranges::any_of(authorization.signed_headers, [&](std::string_view listed) { return codec::iequals(listed, name); });
}

// Whatever decides what the call does must be under the signature.
std::optional<std::string_view> unsigned_header(const RpcRequest& request, const Acs3Authorization& authorization) {
  for (const std::string_view name : {"host", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce"}) {
    if (!lists(authorization, name)) return name;
  }
  if (!request.parameters.has("Action") && !lists(authorization, "x-acs-action")) return "x-acs-action";
  if (!request.parameters.has("Version") && !lists(authorization, "x-acs-version")) return "x-acs-version";
  if (request.headers.has("x-acs-security-token") && !lists(authorization, "x-acs-security-token")) return "x-acs-security-token";
  return std::nullopt;
}

RpcResult<void> check_acs3(const RpcRequest& request, const Claims& claims, const Secret& secret) {
  const Acs3Authorization& authorization = *claims.acs3;
  if (const auto name = unsigned_header(request, authorization)) {
    return bad("IncompleteSignature", fmt::format("The header {} must be among the SignedHeaders.", *name));
  }
  const std::string_view digest = request.headers.get("x-acs-content-sha256");
  const std::string canonical = acs3_canonical_request({request.method, request.parameters.query(), request.headers, authorization.signed_headers,
                                                        authorization.signed_headers_text, digest});
  if (!crypto::equal_constant_time(acs3_signature(secret, canonical), codec::to_lower(authorization.signature))) {
    return bad("SignatureDoesNotMatch", "Specified signature is not matched with our calculation. server canonical request is:" +
                                            masked_in(canonical, claims.token));
  }
  if (!codec::iequals(digest, codec::hex_encode(crypto::bytes_of(crypto::sha256(request.body))))) {
    return bad("SignatureDoesNotMatch", "The body is not the one that x-acs-content-sha256 was made of.");
  }
  return {};
}

}  // namespace

RpcResult<identity::Principal> RpcAuthentication::authenticate(const RpcRequest& request) {
  const std::int64_t now = clock_.now().millis();
  TRY(const Claims claims, read_claims(request));
  TRY(const std::int64_t signed_at, check_timestamp(claims.timestamp, now));
  const AccessKeyId key(claims.access_key);
  const auto credential = credentials_.find_credential(key, claims.token ? std::optional<std::string_view>(*claims.token) : std::nullopt);
  if (!credential) return credential.error();
  TRY_OK(claims.acs3 ? check_acs3(request, claims, credential->secret) : check_v1(request, credential->secret));
  switch (nonces_.accept(key, claims.nonce, signed_at, now)) {
    case RpcNonces::Verdict::kFresh: return credential->principal;
    case RpcNonces::Verdict::kUsed: return bad("SignatureNonceUsed", "Specified signature nonce was used already.");
    case RpcNonces::Verdict::kTooOld: return bad("InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.");
    case RpcNonces::Verdict::kTooMany: return RpcFault{429, "Throttling.User", "Request was denied due to user flow control.", {}, 1000, {}};
  }
  return RpcFault{};
}

}  // namespace farshore::api
