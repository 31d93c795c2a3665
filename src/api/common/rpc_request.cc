// SPDX-License-Identifier: Apache-2.0
#include "api/common/rpc_request.h"

#include "codec/text.h"

namespace farshore::api {
namespace {

constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

bool is_form(const http::Headers& headers) {
  return codec::istarts_with(codec::trim(headers.get("content-type")), kFormType);
}

// Looks for "Action=" at the start of a pair without decoding: no client encodes these letters.
bool names_action(std::string_view query) {
  constexpr std::string_view kName = "Action=";
  for (std::size_t at = query.find(kName); at != std::string_view::npos; at = query.find(kName, at + 1)) {
    if (at == 0 || query[at - 1] == '&') return true;
  }
  return false;
}

RpcSigning signing_of(const http::Headers& headers, const RpcParameters& parameters) {
  const std::string_view authorization = headers.get("authorization");
  if (authorization.starts_with("ACS3-HMAC-SHA256")) return RpcSigning::kAcs3;
  if (codec::istarts_with(authorization, "ACS")) return RpcSigning::kAcsOther;
  return parameters.has("Signature") ? RpcSigning::kV1 : RpcSigning::kNone;
}

std::string named(const RpcRequest& request, std::string_view parameter, std::string_view header) {
  if (const auto value = request.parameters.find(parameter)) return std::string(*value);
  return request.signing == RpcSigning::kV1 ? std::string() : std::string(request.headers.get(header));
}

}  // namespace

bool is_rpc_request(const http::Request& request) {
  if (request.raw_path != "/") return false;
  if (const auto authorization = request.headers.find("authorization")) return codec::istarts_with(*authorization, "ACS");
  if (request.headers.has("x-acs-action") || names_action(request.raw_query)) return true;
  return request.method == "POST" && is_form(request.headers);
}

Result<RpcRequest> read_rpc_request(const http::Request& head, Bytes body) {
  RpcRequest out;
  TRY(out.parameters, RpcParameters::parse(head.raw_query, is_form(head.headers) ? std::string_view(body) : std::string_view()));
  out.method = head.method;
  out.host = head.host;
  out.headers = head.headers;
  out.body = std::move(body);
  out.signing = signing_of(out.headers, out.parameters);
  out.action = named(out, "Action", "x-acs-action");
  out.version = named(out, "Version", "x-acs-version");
  out.format = rpc_format(out.parameters, out.headers);
  return out;
}

RpcFormat rpc_format(const RpcParameters& parameters, const http::Headers& headers) {
  if (const auto format = parameters.find("Format"); format && !format->empty()) {
    return codec::iequals(*format, "XML") ? RpcFormat::kXml : RpcFormat::kJson;
  }
  const std::string accept = codec::to_lower(headers.get("accept"));
  const bool xml = accept.find("text/xml") != std::string::npos || accept.find("application/xml") != std::string::npos;
  return xml && accept.find("json") == std::string::npos ? RpcFormat::kXml : RpcFormat::kJson;
}

}  // namespace farshore::api
