// SPDX-License-Identifier: Apache-2.0
// JsonWriter: commas, escapes and the stack of open levels.
#include <charconv>
#include <cmath>

#include "base/check.h"
#include "codec/json.h"
#include "codec/text.h"

namespace farshore::codec {
namespace {

void append_ascii(std::string& out, char c) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
  }
  const auto byte = static_cast<unsigned char>(c);
  if (byte < 0x20 || byte == 0x7f) {
    out += "\\u00";
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  } else {
    out += c;
  }
}

// Printable ASCII that needs no escape goes out in runs.
bool is_plain(char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; }

}  // namespace

void JsonWriter::before_value() {
  if (levels_.empty()) {
    FS_CHECK(out_.empty());
    return;
  }
  Level& level = levels_.back();
  if (level.object) {
    FS_CHECK(named_);
    named_ = false;
    return;
  }
  if (!level.empty) out_ += ',';
  level.empty = false;
}

void JsonWriter::string(std::string_view text) {
  out_ += '"';
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && is_plain(text[plain])) ++plain;
    out_ += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    const std::size_t length = utf8_length_at_front(text);
    if (length == 1) {
      append_ascii(out_, text.front());
    } else if (length == 0) {
      out_ += "\\ufffd";
    } else {
      out_ += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  out_ += '"';
}

JsonWriter& JsonWriter::literal(std::string_view spelling) {
  before_value();
  out_ += spelling;
  return *this;
}

JsonWriter& JsonWriter::begin_object() {
  before_value();
  levels_.push_back({.object = true});
  out_ += '{';
  return *this;
}

JsonWriter& JsonWriter::end_object() {
  FS_CHECK(!levels_.empty() && levels_.back().object && !named_);
  levels_.pop_back();
  out_ += '}';
  return *this;
}

JsonWriter& JsonWriter::begin_array() {
  before_value();
  levels_.push_back({.object = false});
  out_ += '[';
  return *this;
}

JsonWriter& JsonWriter::end_array() {
  FS_CHECK(!levels_.empty() && !levels_.back().object);
  levels_.pop_back();
  out_ += ']';
  return *this;
}

JsonWriter& JsonWriter::name(std::string_view name) {
  FS_CHECK(!levels_.empty() && levels_.back().object && !named_);
  if (!levels_.back().empty) out_ += ',';
  levels_.back().empty = false;
  string(name);
  out_ += ':';
  named_ = true;
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) {
  before_value();
  string(text);
  return *this;
}

JsonWriter& JsonWriter::value(double number) {
  if (!std::isfinite(number)) return null();
  char buffer[32];
  const auto [end, failure] = std::to_chars(buffer, buffer + sizeof(buffer), number);
  FS_CHECK(failure == std::errc());
  return literal(std::string_view(buffer, static_cast<std::size_t>(end - buffer)));
}

JsonWriter& JsonWriter::value(const JsonValue& value) {
  if (value.is_null()) return null();
  if (value.is_bool()) return this->value(value.boolean());
  if (value.is_number()) return literal(value.number().spelling());
  if (value.is_string()) return this->value(std::string_view(value.string()));
  if (value.is_array()) {
    begin_array();
    for (const JsonValue& item : value.array()) this->value(item);
    return end_array();
  }
  begin_object();
  for (const JsonMember& member : value.object()) name(member.name).value(member.value);
  return end_object();
}

std::string JsonWriter::take() {
  FS_CHECK(levels_.empty() && !out_.empty());
  return std::exchange(out_, {});
}

}  // namespace farshore::codec
