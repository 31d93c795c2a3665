// SPDX-License-Identifier: Apache-2.0
// RpcTree: what a successful call answers, said once and rendered as JSON or XML.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json.h"

namespace farshore::api {

/// An object with its members in order.
///
///   RpcTree().tree("Role", RpcTree().text("RoleName", name).number("MaxSessionDuration", 3600))
///            .list("Tags", "Tag", {})
///
/// A list is wrapped twice in JSON ({"Roles":{"Role":[…]}}) and repeats its element in XML; empty ones are written, too. A value type.
class RpcTree {
 public:
  RpcTree& text(std::string_view name, std::string_view value) &;
  RpcTree& number(std::string_view name, std::int64_t value) &;
  RpcTree& flag(std::string_view name, bool value) &;
  /// "2026-03-04T05:06:07Z"; an absent time (0) is an empty text.
  RpcTree& time(std::string_view name, std::int64_t millis) &;
  RpcTree& tree(std::string_view name, RpcTree value) &;
  RpcTree& list(std::string_view name, std::string_view item, std::vector<RpcTree> values) &;
  /// A list that is not wrapped: only a few newer calls have them.
  RpcTree& flat_list(std::string_view name, std::vector<RpcTree> values) &;

  RpcTree&& text(std::string_view name, std::string_view value) && { return std::move(text(name, value)); }
  RpcTree&& number(std::string_view name, std::int64_t value) && { return std::move(number(name, value)); }
  RpcTree&& flag(std::string_view name, bool value) && { return std::move(flag(name, value)); }
  RpcTree&& time(std::string_view name, std::int64_t millis) && { return std::move(time(name, millis)); }
  RpcTree&& tree(std::string_view name, RpcTree value) && { return std::move(tree(name, std::move(value))); }
  RpcTree&& list(std::string_view name, std::string_view item, std::vector<RpcTree> values) && {
    return std::move(list(name, item, std::move(values)));
  }
  RpcTree&& flat_list(std::string_view name, std::vector<RpcTree> values) && { return std::move(flat_list(name, std::move(values))); }

  /// All members of another tree, behind these.
  void append(const RpcTree& other) { members_.insert(members_.end(), other.members_.begin(), other.members_.end()); }

  std::string json() const;
  std::string xml(std::string_view root) const;

 private:
  RpcTree& add(std::string_view name, codec::JsonValue value);
  codec::JsonValue::Object members_;
};

}  // namespace farshore::api
