// SPDX-License-Identifier: Apache-2.0
// Any bytes as an RPC request: reading never fails badly, parameters survive being encoded again, lists and maps are the same however
// they are spelled.
//
//   input := query LF headers LF LF body        header := name ':' value LF
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "api/common/rpc_request.h"
#include "api/common/rpc_response.h"
#include "base/check.h"
#include "codec/json.h"
#include "codec/url.h"
#include "codec/xml.h"
#include "fuzz/input.h"

namespace {

namespace api = farshore::api;
namespace codec = farshore::codec;

farshore::http::Request read_head(farshore::fuzz::Input& input) {
  farshore::http::Request request;
  request.method = "POST";
  request.raw_path = "/";
  request.raw_query = input.line();
  for (auto line = input.line(); !line.empty(); line = input.line()) {
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos) request.headers.add(line.substr(0, colon), line.substr(colon + 1));
  }
  return request;
}

/// A list spelled "name.1=a&name.2=b" and as JSON is one list.
void check_list(const api::RpcParameters& parameters, std::string_view name) {
  const auto list = parameters.list(name);
  if (!list || list->empty()) return;
  codec::Query numbered;
  codec::JsonWriter json;
  json.begin_array();
  bool plain = true;
  for (std::size_t i = 0; i < list->size(); ++i) {
    plain = plain && !(*list)[i].empty();
    numbered.add("L." + std::to_string(i + 1), (*list)[i]);
    json.value((*list)[i]);
  }
  codec::Query one;
  one.add("L", json.end_array().take());
  const auto from_numbers = api::RpcParameters::parse(numbered.text());
  const auto from_json = api::RpcParameters::parse(one.text());
  if (!plain || !from_numbers || !from_json) return;
  const auto a = from_numbers->list("L");
  const auto b = from_json->list("L");
  FS_CHECK(a && b && *a == *list && *b == *list);
}

void check_parameters(const api::RpcParameters& parameters) {
  FS_CHECK(parameters.all().size() <= api::kRpcParametersMax && parameters.query().size() <= parameters.all().size());
  codec::Query again;
  for (const auto& item : parameters.all()) again.add(item.name, item.value);
  const auto parsed = api::RpcParameters::parse(again.text());
  FS_CHECK(parsed.has_value() && parsed->all().size() == parameters.all().size());
  std::size_t looked = 0;
  for (const auto& item : parameters.all()) {
    FS_CHECK(parameters.find(item.name) == item.value && parsed->find(item.name) == item.value);
    if (++looked > 8) continue;  // each of these walks all parameters
    const std::string_view stem = std::string_view(item.name).substr(0, item.name.find('.'));
    (void)parameters.flag(item.name, false);
    (void)parameters.number<std::uint32_t>(item.name);
    check_list(parameters, stem);
    (void)parameters.rows(stem);
    (void)parameters.map(stem);
  }
}

/// Whatever a caller sent, a refusal that repeats it is still one document.
void check_refusal(const api::RpcRequest& request) {
  const api::RpcFault fault{400, "InvalidParameter", request.action + request.version, {}, 0, {}};
  const auto json = api::rpc_refusal({api::RpcFormat::kJson, "id", request.host, request.action}, fault);
  const auto document = codec::parse_json(json.bytes().view());
  FS_CHECK(document.has_value() && document->find_string("Code") == "InvalidParameter" && document->find_string("RequestId") == "id");
  const auto xml = api::rpc_refusal({api::RpcFormat::kXml, "id", request.host, request.action}, fault);
  FS_CHECK(codec::parse_xml(xml.bytes().view()).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  farshore::fuzz::Input input(data, size);
  const auto head = read_head(input);
  (void)api::is_rpc_request(head);
  const auto request = api::read_rpc_request(head, farshore::Bytes(input.rest()));
  if (!request) return 0;
  check_parameters(request->parameters);
  check_refusal(*request);
  return 0;
}
