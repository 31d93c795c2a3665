// SPDX-License-Identifier: Apache-2.0
#include "api/common/rpc_sign.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "api/common/rpc_signature.h"
#include "codec/date.h"
#include "codec/text.h"
#include "codec/url.h"
#include "crypto/digest.h"

namespace farshore::api {

http::ClientRequest sign_rpc(const RpcOutgoing& call, const RpcKeys& keys, WallTime now, std::string_view nonce) {
  codec::Query pairs;
  for (const auto& [name, value] : call.parameters) pairs.add(name, value);
  const Bytes body = call.as_form ? pairs.text() : Bytes();
  const codec::Query query = call.as_form ? codec::Query() : pairs;
  const std::string digest = codec::hex_encode(crypto::bytes_of(crypto::sha256(body)));

  http::ClientRequest request;
  request.method = "POST";
  request.target = query.empty() ? "/" : "/?" + query.text();
  http::Headers& headers = request.headers;
  if (call.as_form) headers.add("content-type", "application/x-www-form-urlencoded");
  headers.add("host", call.host);
  if (!keys.token.empty()) headers.add("x-acs-accesskey-id", keys.access_key);
  headers.add("x-acs-action", call.action);
  headers.add("x-acs-content-sha256", digest);
  headers.add("x-acs-date", codec::format_iso_seconds(now.millis()));
  if (!keys.token.empty()) headers.add("x-acs-security-token", keys.token);
  headers.add("x-acs-signature-nonce", nonce);
  headers.add("x-acs-version", call.version);

  std::vector<std::string_view> names;
  for (const auto line : headers) names.push_back(line.name);
  const std::string listed = fmt::format("{}", fmt::join(names, ";"));
  const std::string signature = acs3_signature(keys.secret, acs3_canonical_request({request.method, query.items(), headers, names, listed, digest}));
  headers.add("accept", "application/json");
  headers.add("authorization", fmt::format("{} Credential={},SignedHeaders={},Signature={}", kAcs3Algorithm, keys.access_key, listed, signature));
  request.bytes = Buffer(body);
  return request;
}

}  // namespace farshore::api
