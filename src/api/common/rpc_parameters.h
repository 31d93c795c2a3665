// SPDX-License-Identifier: Apache-2.0
// RpcParameters: the named values of an RPC call, from its query and its form body together.
#pragma once

#include <concepts>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/common/rpc_fault.h"
#include "base/result.h"
#include "codec/text.h"
#include "codec/url.h"

namespace farshore::api {

/// Rule: RPC-style API, "Parameters": names are case-sensitive and occur once. Empty values are kept, for the signature and for
/// Update calls, where an empty "New…" clears; everything else reads an empty value as an absent one.
///
/// Lists arrive as "Name.1=a&Name.2=b" or as a JSON array in one value; both are read. A value type.
class RpcParameters {
 public:
  RpcParameters() = default;
  /// `query` and `form` are still encoded; '+' and "%20" are blanks in both.
  /// Errors: kInvalidParameter for a broken escape, text that is not UTF-8, a repeated name, or more than kRpcParametersMax.
  static Result<RpcParameters> parse(std::string_view query, std::string_view form = {});

  /// The value, which may be empty; nothing if the name is not there.
  std::optional<std::string_view> find(std::string_view name) const;
  bool has(std::string_view name) const { return find(name).has_value(); }
  /// The value as text of its own; an empty one counts as absent.
  std::optional<std::string> text(std::string_view name) const;
  /// text(), or "" where a handler has no use for the difference.
  std::string text_or_empty(std::string_view name) const { return text(name).value_or(std::string()); }
  /// An empty value is a value here: Update calls clear the field with it.
  std::optional<std::string> text_or_clear(std::string_view name) const;
  /// Error: kMissingArgument.
  Result<std::string> required(std::string_view name) const;
  /// Rule: "true" and "false" in any letter case. Error: kInvalidParameter.
  Result<bool> flag(std::string_view name, bool fallback) const;
  /// Decimal text. Error: kInvalidParameter.
  template <std::integral T>
  Result<std::optional<T>> number(std::string_view name) const {
    const auto value = find(name);
    if (!value || value->empty()) return std::optional<T>();
    if (const auto parsed = codec::parse_decimal<T>(*value)) return std::optional<T>(*parsed);
    return wrong_parameter(name, "The specified value is not a number in range.");
  }
  /// A list of text. Error: kInvalidParameter.
  Result<std::vector<std::string>> list(std::string_view name) const;
  /// A list of objects of text, e.g. Tag: [{Key, Value}]. Error: kInvalidParameter.
  using Row = std::map<std::string, std::string, std::less<>>;
  Result<std::vector<Row>> rows(std::string_view name) const;
  /// A map of text: a JSON object, or "Name.key=value". Error: kInvalidParameter.
  Result<Row> map(std::string_view name) const;

  /// The decoded pairs of the query alone, and of both, in the order they came.
  const std::vector<codec::QueryItem>& query() const { return query_; }
  const std::vector<codec::QueryItem>& all() const { return all_; }

 private:
  std::vector<codec::QueryItem> query_;
  std::vector<codec::QueryItem> all_;
  std::map<std::string, std::size_t, std::less<>> index_;  // name to position in all_
};

inline constexpr std::size_t kRpcParametersMax = 1000;

}  // namespace farshore::api
