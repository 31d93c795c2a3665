// SPDX-License-Identifier: Apache-2.0
#include "api/common/rpc_parameters.h"

#include <fmt/format.h>

#include "codec/json.h"

namespace farshore::api {
namespace {

Error bad_request(std::string message) { return Error(ErrorCode::kInvalidParameter, std::move(message)); }

Error bad_list(std::string_view name) { return wrong_parameter(name, fmt::format("The specified parameter {} is not a valid list.", name)); }

// A scalar of a JSON list: clients of typed languages send numbers and booleans where the API says text.
std::optional<std::string> scalar_text(const codec::JsonValue& value) {
  if (value.is_string()) return value.string();
  if (value.is_number()) return value.number().spelling();
  if (value.is_bool()) return std::string(value.boolean() ? "true" : "false");
  return std::nullopt;
}

std::optional<RpcParameters::Row> row_of(const codec::JsonValue& value) {
  if (!value.is_object()) return std::nullopt;
  RpcParameters::Row row;
  for (const auto& member : value.object()) {
    auto text = scalar_text(member.value);
    if (!text) return std::nullopt;
    row[member.name] = *std::move(text);
  }
  return row;
}

}  // namespace

Result<RpcParameters> RpcParameters::parse(std::string_view query, std::string_view form) {
  auto first = codec::Query::parse(query);
  auto second = codec::Query::parse(form);
  if (!first || !second) return bad_request("The parameters carry a malformed escape.");
  RpcParameters out;
  out.query_ = first->items();
  out.all_ = first->items();
  out.all_.insert(out.all_.end(), second->items().begin(), second->items().end());
  if (out.all_.size() > kRpcParametersMax) return bad_request("The request has too many parameters.");
  for (std::size_t i = 0; i < out.all_.size(); ++i) {
    const auto& item = out.all_[i];
    if (!codec::is_valid_utf8(item.name) || !codec::is_valid_utf8(item.value)) return bad_request("The parameters are not UTF-8.");
    if (!out.index_.emplace(item.name, i).second) return wrong_parameter("", fmt::format("The parameter {} occurs more than once.", item.name));
  }
  return out;
}

std::optional<std::string_view> RpcParameters::find(std::string_view name) const {
  const auto found = index_.find(name);
  if (found == index_.end()) return std::nullopt;
  return all_[found->second].value;
}

std::optional<std::string> RpcParameters::text(std::string_view name) const {
  const auto value = find(name);
  if (!value || value->empty()) return std::nullopt;
  return std::string(*value);
}

std::optional<std::string> RpcParameters::text_or_clear(std::string_view name) const {
  const auto value = find(name);
  if (!value) return std::nullopt;
  return std::string(*value);
}

Result<std::string> RpcParameters::required(std::string_view name) const {
  if (auto value = text(name)) return *std::move(value);
  return missing_parameter(name);
}

Result<bool> RpcParameters::flag(std::string_view name, bool fallback) const {
  const auto value = find(name);
  if (!value || value->empty()) return fallback;
  if (codec::iequals(*value, "true")) return true;
  if (codec::iequals(*value, "false")) return false;
  return wrong_parameter(name, "The specified value is neither true nor false.");
}

Result<std::vector<std::string>> RpcParameters::list(std::string_view name) const {
  std::vector<std::string> out;
  if (const auto json = text(name)) {
    const auto document = codec::parse_json(*json);
    if (!document || !document->is_array()) return bad_list(name);
    for (const auto& entry : document->array()) {
      auto value = scalar_text(entry);
      if (!value) return bad_list(name);
      out.push_back(*std::move(value));
    }
    return out;
  }
  for (std::size_t i = 1; const auto value = find(fmt::format("{}.{}", name, i)); ++i) out.emplace_back(*value);
  return out;
}

Result<std::vector<RpcParameters::Row>> RpcParameters::rows(std::string_view name) const {
  std::vector<Row> out;
  if (const auto json = text(name)) {
    const auto document = codec::parse_json(*json);
    if (!document || !document->is_array()) return bad_list(name);
    for (const auto& entry : document->array()) {
      auto row = row_of(entry);
      if (!row) return bad_list(name);
      out.push_back(*std::move(row));
    }
    return out;
  }
  for (std::size_t i = 1;; ++i) {
    TRY(Row row, map(fmt::format("{}.{}", name, i)));
    if (row.empty()) return out;
    out.push_back(std::move(row));
  }
}

Result<RpcParameters::Row> RpcParameters::map(std::string_view name) const {
  if (const auto json = text(name)) {
    const auto document = codec::parse_json(*json);
    auto row = document ? row_of(*document) : std::optional<Row>();
    if (!row) return wrong_parameter(name, fmt::format("The specified parameter {} is not a valid map.", name));
    return *std::move(row);
  }
  Row out;
  const std::string prefix = fmt::format("{}.", name);
  for (auto at = index_.lower_bound(prefix); at != index_.end() && at->first.starts_with(prefix); ++at) {
    out[at->first.substr(prefix.size())] = all_[at->second].value;
  }
  return out;
}

}  // namespace farshore::api
