// SPDX-License-Identifier: Apache-2.0
#include "codec/url.h"

#include <cstdint>

namespace farshore::codec {
namespace {

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '.' || c == '~';
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<Bytes> decode(std::string_view text, bool plus_is_blank) {
  Bytes out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_blank) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (text.size() - i < 3) return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out += static_cast<char>(high << 4 | low);
      i += 2;
    }
  }
  return out;
}

}  // namespace

std::string percent_encode(BytesView text, bool keep_slash) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size() + text.size() / 4);
  for (const char c : text) {
    if (is_unreserved(c) || (c == '/' && keep_slash)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
  return out;
}

std::optional<Bytes> percent_decode(std::string_view text) { return decode(text, false); }
std::optional<Bytes> form_decode(std::string_view text) { return decode(text, true); }

std::optional<Query> Query::parse(std::string_view raw) {
  Query query;
  while (!raw.empty()) {
    const std::size_t end = raw.find('&');
    const std::string_view piece = raw.substr(0, end);
    raw.remove_prefix(end == std::string_view::npos ? raw.size() : end + 1);
    if (piece.empty()) continue;
    const std::size_t equals = piece.find('=');
    const bool has_equals = equals != std::string_view::npos;
    auto name = form_decode(piece.substr(0, equals));
    auto value = form_decode(has_equals ? piece.substr(equals + 1) : std::string_view());
    if (!name || !value) return std::nullopt;
    query.items_.push_back({std::move(*name), std::move(*value), has_equals});
  }
  return query;
}

std::optional<std::string_view> Query::find(std::string_view name) const {
  for (const QueryItem& item : items_) {
    if (item.name == name) return item.value;
  }
  return std::nullopt;
}

bool Query::has(std::string_view name) const { return find(name).has_value(); }

std::vector<std::string_view> Query::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const QueryItem& item : items_) {
    if (item.name == name) values.emplace_back(item.value);
  }
  return values;
}

Query& Query::add(std::string_view name, std::string_view value) {
  items_.push_back({std::string(name), std::string(value), true});
  return *this;
}

Query& Query::add(std::string_view name) {
  items_.push_back({std::string(name), std::string(), false});
  return *this;
}

std::string Query::text() const {
  std::string out;
  for (const QueryItem& item : items_) {
    if (!out.empty()) out += '&';
    out += percent_encode(item.name);
    if (item.has_equals) out += '=' + percent_encode(item.value);
  }
  return out;
}

}  // namespace farshore::codec
