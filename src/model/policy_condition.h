// SPDX-License-Identifier: Apache-2.0
// PolicyCondition: one operator on one key of a statement, and RequestConditions, what a request offers to it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace farshore {

enum class ConditionOperator : std::uint8_t {
  kStringEquals, kStringNotEquals, kStringEqualsIgnoreCase, kStringNotEqualsIgnoreCase, kStringLike, kStringNotLike,
  kNumericEquals, kNumericNotEquals, kNumericLessThan, kNumericLessThanEquals, kNumericGreaterThan, kNumericGreaterThanEquals,
  kDateEquals, kDateNotEquals, kDateLessThan, kDateLessThanEquals, kDateGreaterThan, kDateGreaterThanEquals,
  kBool, kIpAddress, kNotIpAddress,
};

/// The operator of that exact public spelling.
std::optional<ConditionOperator> parse_condition_operator(std::string_view name);
bool is_date_operator(ConditionOperator op);

/// An address range; v4 addresses are their v6-mapped form.
struct AddressRange {
  std::array<std::uint8_t, 16> address{};
  std::uint8_t prefix_bits = 128;
  bool contains(const AddressRange& other) const;
  friend bool operator==(const AddressRange&, const AddressRange&) = default;
};
/// "10.0.0.0/8", "2001:db8::/32" or one address of either kind.
std::optional<AddressRange> parse_address_range(std::string_view text);

/// A value in a policy, compiled once for its operator.
struct ConditionOperand {
  std::string text;
  std::optional<double> number;
  std::optional<std::int64_t> millis;  ///< date operators; the parser of documents fills it
  std::optional<AddressRange> range;
};

/// What a request offers: keys compared ignoring case, but for what follows the '/' of a tag key.
/// Built once per request; small. Plain value.
class RequestConditions {
 public:
  struct Value {
    std::string text;
    std::optional<std::int64_t> millis;  ///< set for instants
  };
  void set(std::string_view key, std::string text);
  void set(std::string_view key, bool value) { set(key, std::string(value ? "true" : "false")); }
  void set(std::string_view key, const char* text) { set(key, std::string(text)); }
  void set_instant(std::string_view key, std::int64_t millis);
  const Value* find(std::string_view normalised_key) const;

 private:
  Value& slot(std::string_view key);
  std::vector<std::pair<std::string, Value>> values_;
};

/// "acs:sourceip", "oss:existingobjecttag/Team".
std::string condition_key(std::string_view key);

/// One key of one operator. Its values are alternatives; a negated operator holds only if none of them matches.
/// A key that the request does not have: positive operators are false, negated ones true.
struct PolicyCondition {
  ConditionOperator op = ConditionOperator::kStringEquals;
  std::string key;  ///< normalised by condition_key
  std::vector<ConditionOperand> values;
  bool holds(const RequestConditions& request) const;
};

/// Compiles a value for its operator: numbers, addresses and booleans are read here, dates by the caller (`millis`).
/// Nothing if the operator needs another kind of value.
std::optional<ConditionOperand> compile_operand(ConditionOperator op, std::string text, std::optional<std::int64_t> millis = {});

}  // namespace farshore
