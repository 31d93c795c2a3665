// SPDX-License-Identifier: Apache-2.0
// JSON bodies: JsonValue is a parsed document in its own order, JsonWriter appends an escaped one.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace farshore::codec {

struct JsonMember;

/// A number as it was spelled. Policies compare and print numbers, so the spelling is kept beside the value.
class JsonNumber {
 public:
  JsonNumber() = default;
  explicit JsonNumber(std::int64_t value);
  JsonNumber(std::string spelling, std::optional<std::int64_t> integer, double real)
      : spelling_(std::move(spelling)), integer_(integer), real_(real) {}

  /// The value if it was spelled as an integer that fits; "1.0" and "1e3" are not integers.
  std::optional<std::int64_t> integer() const { return integer_; }
  double real() const { return real_; }
  const std::string& spelling() const { return spelling_; }
  /// Equal spellings, not equal values.
  friend bool operator==(const JsonNumber& a, const JsonNumber& b) { return a.spelling_ == b.spelling_; }

 private:
  std::string spelling_ = "0";
  std::optional<std::int64_t> integer_ = 0;
  double real_ = 0;
};

/// One JSON value with everything beneath it. Copied deeply; compared by content and member order.
///
///   const JsonValue* effect = statement.find("Effect");
///   if (!effect || !effect->is_string()) return Error(...);
///   use(effect->string());
class JsonValue {
 public:
  using Array = std::vector<JsonValue>;
  using Object = std::vector<JsonMember>;  ///< members in the document's order

  JsonValue();  ///< null
  explicit JsonValue(bool value);
  explicit JsonValue(JsonNumber value);
  explicit JsonValue(std::string value);
  explicit JsonValue(const char* value);  ///< a string; without this a literal would become a bool
  explicit JsonValue(Array value);
  explicit JsonValue(Object value);
  JsonValue(const JsonValue&);
  JsonValue(JsonValue&&) noexcept;
  JsonValue& operator=(const JsonValue&);
  JsonValue& operator=(JsonValue&&) noexcept;
  ~JsonValue();

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  bool is_bool() const { return std::holds_alternative<bool>(value_); }
  bool is_number() const { return std::holds_alternative<JsonNumber>(value_); }
  bool is_string() const { return std::holds_alternative<std::string>(value_); }
  bool is_array() const { return std::holds_alternative<Array>(value_); }
  bool is_object() const { return std::holds_alternative<Object>(value_); }

  // The accessors below must match the kind (FS_CHECK): ask is_...() first, input decides the kind.
  bool boolean() const;
  const JsonNumber& number() const;
  const std::string& string() const;
  const Array& array() const;
  const Object& object() const;

  /// The first member of that exact name, or null; null too if this is not an object.
  const JsonValue* find(std::string_view name) const;
  /// The member's text if there is such a member and it is a string.
  std::optional<std::string_view> find_string(std::string_view name) const;
  /// A member name that occurs more than once in this object (not beneath it), if there is one.
  std::optional<std::string_view> repeated_name() const;
  /// The document again, compact, members in order, numbers as spelled.
  std::string text() const;

  friend bool operator==(const JsonValue& a, const JsonValue& b);

 private:
  std::variant<std::monostate, bool, JsonNumber, std::string, Array, Object> value_;
};

struct JsonMember {
  std::string name;
  JsonValue value;
  friend bool operator==(const JsonMember&, const JsonMember&) = default;
};

/// What parse_json accepts at most.
struct JsonLimits {
  std::size_t max_bytes = 1 << 20;
  std::size_t max_depth = 32;  ///< a scalar at the top has depth 0, "[1]" has depth 1
  bool allow_repeated_names = false;
};

/// Reads one document (RFC 8259, UTF-8, nothing after it but blanks).
///
/// Errors  kMalformedRequest: not JSON, beyond a limit, or a repeated name; detail "offset" if known.
///         The caller renames it where its API has a word of its own (kMalformedPolicyDocument).
Result<JsonValue> parse_json(BytesView body, const JsonLimits& limits = {});

/// Appends a document; commas and escapes are added here.
///
///   JsonWriter json;
///   json.begin_object().member("RequestId", id).name("Keys").begin_array();
///   for (...) json.value(key);
///   std::string body = json.end_array().end_object().take();
///
/// Malformed UTF-8 in text becomes U+FFFD. Misuse (a value without a name in an object) is checked.
/// Plain value type; one thread at a time.
class JsonWriter {
 public:
  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& name(std::string_view name);
  JsonWriter& value(std::string_view text);
  JsonWriter& value(const JsonValue& value);
  /// Numbers in decimal, bool as true or false.
  template <std::integral T>
  JsonWriter& value(T value) {
    if constexpr (std::same_as<T, bool>) {
      return literal(value ? "true" : "false");
    } else {
      return literal(std::to_string(value));
    }
  }
  /// The shortest spelling that reads back the same; null for infinities and NaN.
  JsonWriter& value(double number);
  JsonWriter& null() { return literal("null"); }
  /// name() and value() in one.
  template <class T>
  JsonWriter& member(std::string_view member_name, const T& member_value) {
    return name(member_name).value(member_value);
  }

  const std::string& view() const { return out_; }
  /// The document; everything begun must have ended.
  std::string take();

 private:
  struct Level {
    bool object;
    bool empty = true;
  };
  JsonWriter& literal(std::string_view spelling);
  void before_value();
  void string(std::string_view text);
  std::string out_;
  std::vector<Level> levels_;
  bool named_ = false;  // a name was written and awaits its value
};

}  // namespace farshore::codec
