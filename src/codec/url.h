// SPDX-License-Identifier: Apache-2.0
// Percent coding, and Query: the ordered name/value pairs of a query string or a form body.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace farshore::codec {

/// Keeps RFC 3986 unreserved characters (A-Z a-z 0-9 - _ . ~), and '/' if asked; the rest is %XX, upper case.
std::string percent_encode(BytesView text, bool keep_slash = false);

/// Path rules: %XX in either case becomes a byte, '+' stays '+'. Nothing if a '%' lacks its two digits.
std::optional<Bytes> percent_decode(std::string_view text);

/// Query and form rules: as percent_decode, and '+' is a blank.
std::optional<Bytes> form_decode(std::string_view text);

/// One name with its value, decoded. "k" and "k=" both have an empty value; has_equals tells them apart.
struct QueryItem {
  std::string name;
  std::string value;
  bool has_equals = false;

  friend bool operator==(const QueryItem&, const QueryItem&) = default;
};

/// The pairs of a query string in their order, repeated names kept. A value type.
class Query {
 public:
  Query() = default;
  explicit Query(std::vector<QueryItem> items) : items_(std::move(items)) {}

  /// Reads "a=1&b&c=" (without the question mark) or an application/x-www-form-urlencoded body, decoded with
  /// form_decode. Empty pieces ("a&&b") are skipped. Nothing if an escape is malformed.
  static std::optional<Query> parse(std::string_view raw);

  /// The first value of that exact name; the view lives as long as this Query is unchanged.
  std::optional<std::string_view> find(std::string_view name) const;
  /// True if the name is there, with or without '='. Rule: a sub-resource is present when its name is.
  bool has(std::string_view name) const;
  /// All values of that name, in order.
  std::vector<std::string_view> all(std::string_view name) const;

  /// Appends a pair at the end.
  Query& add(std::string_view name, std::string_view value);
  /// Appends a bare name, without '='.
  Query& add(std::string_view name);

  const std::vector<QueryItem>& items() const { return items_; }
  bool empty() const { return items_.empty(); }
  std::size_t size() const { return items_.size(); }

  /// The pairs percent-encoded (a blank is %20), joined by '&'. parse(text()) gives an equal Query, unless a
  /// pair is wholly empty without '='.
  std::string text() const;

  friend bool operator==(const Query&, const Query&) = default;

 private:
  std::vector<QueryItem> items_;
};

}  // namespace farshore::codec
