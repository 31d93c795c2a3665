// SPDX-License-Identifier: Apache-2.0
#include "api/common/rpc_tree.h"

#include "codec/date.h"
#include "codec/xml.h"

namespace farshore::api {
namespace {

using codec::JsonValue;

void write_xml(codec::XmlWriter& xml, std::string_view name, const JsonValue& value) {
  if (value.is_array()) {
    for (const auto& item : value.array()) write_xml(xml, name, item);
  } else if (value.is_object()) {
    xml.open(name);
    for (const auto& member : value.object()) write_xml(xml, member.name, member.value);
    xml.close();
  } else if (value.is_string()) {
    xml.element(name, value.string());
  } else if (value.is_bool()) {
    xml.element(name, value.boolean());
  } else {
    xml.element(name, value.number().spelling());
  }
}

}  // namespace

RpcTree& RpcTree::add(std::string_view name, JsonValue value) {
  members_.push_back({std::string(name), std::move(value)});
  return *this;
}

RpcTree& RpcTree::text(std::string_view name, std::string_view value) & { return add(name, JsonValue(std::string(value))); }

RpcTree& RpcTree::number(std::string_view name, std::int64_t value) & { return add(name, JsonValue(codec::JsonNumber(value))); }

RpcTree& RpcTree::flag(std::string_view name, bool value) & { return add(name, JsonValue(value)); }

RpcTree& RpcTree::time(std::string_view name, std::int64_t millis) & {
  return text(name, millis == 0 ? std::string() : codec::format_iso_seconds(millis));
}

RpcTree& RpcTree::tree(std::string_view name, RpcTree value) & { return add(name, JsonValue(std::move(value.members_))); }

RpcTree& RpcTree::list(std::string_view name, std::string_view item, std::vector<RpcTree> values) & {
  return tree(name, RpcTree().flat_list(item, std::move(values)));
}

RpcTree& RpcTree::flat_list(std::string_view name, std::vector<RpcTree> values) & {
  JsonValue::Array items;
  for (auto& value : values) items.emplace_back(std::move(value.members_));
  return add(name, JsonValue(std::move(items)));
}

std::string RpcTree::json() const { return JsonValue(members_).text(); }

std::string RpcTree::xml(std::string_view root) const {
  codec::XmlWriter xml;
  xml.declaration();
  write_xml(xml, root, JsonValue(members_));
  return xml.take();
}

}  // namespace farshore::api
