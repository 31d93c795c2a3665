// SPDX-License-Identifier: Apache-2.0
// Any bytes as an RPC request: reading never fails badly, parameters survive being encoded again, signing is stable.
//
//   input := query LF headers LF LF body        header := name ':' value LF
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "api/common/rpc_request.h"
#include "api/common/rpc_response.h"
#include "api/common/rpc_signature.h"
#include "base/check.h"
#include "codec/json.h"
#include "codec/url.h"

namespace {

namespace api = farshore::api;

farshore::http::Request read_head(std::string_view& rest) {
  farshore::http::Request request;
  request.method = "POST";
  request.raw_path = "/";
  const auto next_line = [&rest] {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    return line;
  };
  request.raw_query = std::string(next_line());
  for (std::string_view line = next_line(); !line.empty(); line = next_line()) {
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos) request.headers.add(line.substr(0, colon), line.substr(colon + 1));
  }
  return request;
}

void check_parameters(const api::RpcParameters& parameters) {
  farshore::codec::Query again;
  for (const auto& item : parameters.all()) again.add(item.name, item.value);
  const auto parsed = api::RpcParameters::parse(again.text());
  FS_CHECK(parsed.has_value());
  FS_CHECK(api::v1_string_to_sign("POST", parsed->all()) == api::v1_string_to_sign("POST", parameters.all()));
  for (const auto& item : parameters.all()) {
    FS_CHECK(parameters.find(item.name) == item.value);
    (void)parameters.flag(item.name, false);
    (void)parameters.number<std::uint32_t>(item.name);
    (void)parameters.list(item.name);
    (void)parameters.rows(item.name);
    (void)parameters.map(item.name);
  }
}

void check_signature(const api::RpcRequest& request) {
  const auto authorization = api::parse_acs3_authorization(request.headers.get("authorization"));
  if (!authorization) return;
  FS_CHECK(!authorization->access_key.empty() && !authorization->signature.empty() && !authorization->signed_headers.empty());
  const auto canonical = api::acs3_canonical_request({request.method, request.parameters.query(), request.headers, authorization->signed_headers,
                                                      authorization->signed_headers_text, "digest"});
  FS_CHECK(canonical.starts_with("POST\n/\n") && canonical.ends_with("\ndigest"));
}

// Whatever a caller sent, a refusal that repeats it is still one JSON document.
void check_refusal(const api::RpcRequest& request) {
  const api::RpcFault fault{400, "InvalidParameter", request.action + request.version, {}, 0, {}};
  const auto response = api::rpc_refusal({api::RpcFormat::kJson, "id", request.host, request.action}, fault);
  FS_CHECK(farshore::codec::parse_json(response.bytes().view()).has_value());
  (void)api::rpc_refusal({api::RpcFormat::kXml, "id", request.host, request.action}, fault);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const auto head = read_head(rest);
  (void)api::is_rpc_request(head);
  const auto request = api::read_rpc_request(head, farshore::Bytes(rest));
  if (!request) return 0;
  check_parameters(request->parameters);
  check_signature(*request);
  check_refusal(*request);
  return 0;
}
