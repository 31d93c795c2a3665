// SPDX-License-Identifier: Apache-2.0
#include "api/common/rpc_response.h"

#include <fmt/format.h>

#include "codec/text.h"

namespace farshore::api {
namespace {

// Rule: npm clients switch to their XML error parser on exactly this value.
constexpr std::string_view kXmlType = "text/xml;charset=utf-8";
constexpr std::string_view kJsonType = "application/json;charset=utf-8";

http::Response render(int status, const RpcEnvelope& envelope, std::string_view xml_root, const RpcTree& body) {
  const bool xml = envelope.format == RpcFormat::kXml;
  return http::Response(status)
      .header("x-acs-request-id", envelope.request_id)
      .text(xml ? kXmlType : kJsonType, xml ? body.xml(xml_root) : body.json());
}

}  // namespace

std::string make_rpc_request_id(Random& random) {
  std::string bytes = random.bytes(16);
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  const std::string hex = codec::hex_encode_upper(bytes);
  const std::string_view text = hex;
  return fmt::format("{}-{}-{}-{}-{}", text.substr(0, 8), text.substr(8, 4), text.substr(12, 4), text.substr(16, 4), text.substr(20));
}

http::Response rpc_success(const RpcEnvelope& envelope, const RpcTree& result) {
  RpcTree body;
  body.text("RequestId", envelope.request_id);
  body.append(result);
  return render(200, envelope, envelope.action + "Response", body);
}

http::Response rpc_refusal(const RpcEnvelope& envelope, const RpcFault& fault) {
  RpcTree body;
  body.text("RequestId", envelope.request_id).text("HostId", envelope.host).text("Code", fault.code).text("Message", fault.message);
  body.text("Recommend", "");
  if (!fault.access_denied.empty()) {
    RpcTree detail;
    for (const auto& [name, value] : fault.access_denied) detail.text(name, value);
    body.tree("AccessDeniedDetail", std::move(detail));
  }
  http::Response response = render(fault.status, envelope, "Error", body);
  if (fault.retry_after_millis > 0) response.header("x-acs-retry-after", std::to_string(fault.retry_after_millis));
  return response;
}

}  // namespace farshore::api
