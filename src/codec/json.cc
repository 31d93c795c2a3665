// SPDX-License-Identifier: Apache-2.0
// parse_json over Boost.JSON's event parser: the tree is ours, so that order, repeats and number spelling survive.
#include "codec/json.h"

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <charconv>

#include "base/check.h"

namespace farshore::codec {
namespace {

using boost::json::error_code;
using Text = boost::json::string_view;

// Receives the parser's events and builds the tree bottom up.
class Builder {
 public:
  explicit Builder(bool allow_repeated_names) : allow_repeated_names_(allow_repeated_names) {}

  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_array_begin(error_code&) { return begin(); }
  bool on_object_begin(error_code&) { return begin(); }

  bool on_array_end(std::size_t, error_code&) {
    JsonValue::Array array;
    const Level level = end();
    array.reserve(values_.size() - level.first_value);
    std::move(values_.begin() + static_cast<std::ptrdiff_t>(level.first_value), values_.end(),
              std::back_inserter(array));
    values_.resize(level.first_value);
    return put(JsonValue(std::move(array)));
  }

  bool on_object_end(std::size_t, error_code& failure) {
    JsonValue::Object object;
    const Level level = end();
    object.reserve(values_.size() - level.first_value);
    for (std::size_t i = level.first_value; i < values_.size(); ++i) {
      object.push_back({std::move(names_[level.first_name + i - level.first_value]), std::move(values_[i])});
    }
    values_.resize(level.first_value);
    names_.resize(level.first_name);
    JsonValue value(std::move(object));
    if (!allow_repeated_names_ && value.repeated_name()) {
      failure = boost::json::error::syntax;
      repeated_ = true;
      return false;
    }
    return put(std::move(value));
  }

  bool on_string_part(Text part, std::size_t, error_code&) { return keep(part); }
  bool on_string(Text part, std::size_t, error_code&) {
    keep(part);
    return put(JsonValue(std::exchange(pending_, {})));
  }
  bool on_key_part(Text part, std::size_t, error_code&) { return keep(part); }
  bool on_key(Text part, std::size_t, error_code&) {
    keep(part);
    names_.push_back(std::exchange(pending_, {}));
    return true;
  }
  bool on_number_part(Text part, error_code&) { return keep(part); }
  bool on_int64(std::int64_t value, Text part, error_code&) {
    keep(part);
    const auto real = static_cast<double>(value);
    return put(JsonValue(JsonNumber(std::exchange(pending_, {}), value, real)));
  }
  bool on_uint64(std::uint64_t value, Text part, error_code&) {
    keep(part);
    const auto real = static_cast<double>(value);
    return put(JsonValue(JsonNumber(std::exchange(pending_, {}), std::nullopt, real)));
  }
  bool on_double(double value, Text part, error_code&) {
    keep(part);
    return put(JsonValue(JsonNumber(std::exchange(pending_, {}), std::nullopt, value)));
  }
  bool on_bool(bool value, error_code&) { return put(JsonValue(value)); }
  bool on_null(error_code&) { return put(JsonValue()); }
  bool on_comment_part(Text, error_code&) { return true; }
  bool on_comment(Text, error_code&) { return true; }

  bool repeated() const { return repeated_; }
  JsonValue take() {
    FS_CHECK(values_.size() == 1);
    return std::move(values_.front());
  }

 private:
  // Values and names of all unfinished levels stand in two stacks; a level knows where its own begin.
  struct Level {
    std::size_t first_value;
    std::size_t first_name;
  };
  bool begin() {
    levels_.push_back({values_.size(), names_.size()});
    return true;
  }
  Level end() {
    const Level level = levels_.back();
    levels_.pop_back();
    return level;
  }
  bool keep(Text part) {
    pending_.append(part.data(), part.size());
    return true;
  }
  bool put(JsonValue value) {
    values_.push_back(std::move(value));
    return true;
  }

  bool allow_repeated_names_;
  bool repeated_ = false;
  std::string pending_;
  std::vector<Level> levels_;
  std::vector<JsonValue> values_;
  std::vector<std::string> names_;
};

}  // namespace

JsonNumber::JsonNumber(std::int64_t value)
    : spelling_(std::to_string(value)), integer_(value), real_(static_cast<double>(value)) {}

JsonValue::JsonValue() = default;
JsonValue::JsonValue(bool value) : value_(value) {}
JsonValue::JsonValue(JsonNumber value) : value_(std::move(value)) {}
JsonValue::JsonValue(std::string value) : value_(std::move(value)) {}
JsonValue::JsonValue(const char* value) : value_(std::string(value)) {}
JsonValue::JsonValue(Array value) : value_(std::move(value)) {}
JsonValue::JsonValue(Object value) : value_(std::move(value)) {}
JsonValue::JsonValue(const JsonValue&) = default;
JsonValue::JsonValue(JsonValue&&) noexcept = default;
JsonValue& JsonValue::operator=(const JsonValue&) = default;
JsonValue& JsonValue::operator=(JsonValue&&) noexcept = default;
JsonValue::~JsonValue() = default;

bool operator==(const JsonValue& a, const JsonValue& b) { return a.value_ == b.value_; }

bool JsonValue::boolean() const {
  FS_CHECK(is_bool());
  return std::get<bool>(value_);
}

const JsonNumber& JsonValue::number() const {
  FS_CHECK(is_number());
  return std::get<JsonNumber>(value_);
}

const std::string& JsonValue::string() const {
  FS_CHECK(is_string());
  return std::get<std::string>(value_);
}

const JsonValue::Array& JsonValue::array() const {
  FS_CHECK(is_array());
  return std::get<Array>(value_);
}

const JsonValue::Object& JsonValue::object() const {
  FS_CHECK(is_object());
  return std::get<Object>(value_);
}

const JsonValue* JsonValue::find(std::string_view name) const {
  if (!is_object()) return nullptr;
  for (const JsonMember& member : object()) {
    if (member.name == name) return &member.value;
  }
  return nullptr;
}

std::optional<std::string_view> JsonValue::find_string(std::string_view name) const {
  const JsonValue* member = find(name);
  if (member == nullptr || !member->is_string()) return std::nullopt;
  return member->string();
}

std::optional<std::string_view> JsonValue::repeated_name() const {
  if (!is_object()) return std::nullopt;
  std::vector<std::string_view> names;
  names.reserve(object().size());
  for (const JsonMember& member : object()) names.emplace_back(member.name);
  std::ranges::sort(names);
  const auto twice = std::ranges::adjacent_find(names);
  if (twice == names.end()) return std::nullopt;
  return *twice;
}

std::string JsonValue::text() const { return JsonWriter().value(*this).take(); }

Result<JsonValue> parse_json(BytesView body, const JsonLimits& limits) {
  if (body.size() > limits.max_bytes) return Error(ErrorCode::kMalformedRequest, "JSON text too long");
  boost::json::parse_options options;
  options.max_depth = limits.max_depth;
  boost::json::basic_parser<Builder> parser(options, limits.allow_repeated_names);
  error_code failure;
  std::size_t consumed = parser.write_some(false, body.data(), body.size(), failure);
  if (!failure && consumed < body.size()) failure = boost::json::error::extra_data;
  if (failure) {
    return Error(ErrorCode::kMalformedRequest,
                 parser.handler().repeated() ? "JSON object with a repeated name" : "JSON: " + failure.message())
        .with("offset", std::to_string(consumed));
  }
  return parser.handler().take();
}

}  // namespace farshore::codec
