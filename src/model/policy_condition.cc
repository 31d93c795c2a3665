// SPDX-License-Identifier: Apache-2.0
// Condition operators, and the reading of numbers, booleans and addresses they compare.
#include "model/policy_condition.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "model/policy_pattern.h"
#include "model/policy_principal.h"

namespace farshore {
namespace {

using Op = ConditionOperator;

constexpr std::pair<std::string_view, Op> kOperators[] = {
    {"StringEquals", Op::kStringEquals},
    {"StringNotEquals", Op::kStringNotEquals},
    {"StringEqualsIgnoreCase", Op::kStringEqualsIgnoreCase},
    {"StringNotEqualsIgnoreCase", Op::kStringNotEqualsIgnoreCase},
    {"StringLike", Op::kStringLike},
    {"StringNotLike", Op::kStringNotLike},
    {"NumericEquals", Op::kNumericEquals},
    {"NumericNotEquals", Op::kNumericNotEquals},
    {"NumericLessThan", Op::kNumericLessThan},
    {"NumericLessThanEquals", Op::kNumericLessThanEquals},
    {"NumericGreaterThan", Op::kNumericGreaterThan},
    {"NumericGreaterThanEquals", Op::kNumericGreaterThanEquals},
    {"DateEquals", Op::kDateEquals},
    {"DateNotEquals", Op::kDateNotEquals},
    {"DateLessThan", Op::kDateLessThan},
    {"DateLessThanEquals", Op::kDateLessThanEquals},
    {"DateGreaterThan", Op::kDateGreaterThan},
    {"DateGreaterThanEquals", Op::kDateGreaterThanEquals},
    {"Bool", Op::kBool},
    {"IpAddress", Op::kIpAddress},
    {"NotIpAddress", Op::kNotIpAddress},
};

bool is_negated(Op op) {
  return op == Op::kStringNotEquals || op == Op::kStringNotEqualsIgnoreCase || op == Op::kStringNotLike || op == Op::kNumericNotEquals ||
         op == Op::kDateNotEquals || op == Op::kNotIpAddress;
}
bool is_numeric(Op op) { return op >= Op::kNumericEquals && op <= Op::kNumericGreaterThanEquals; }

std::optional<double> parse_number(std::string_view text) {
  double value = 0;
  const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || stop != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

/// One decimal or hexadecimal group, strictly digits.
std::optional<unsigned> parse_group(std::string_view text, int base, unsigned most) {
  unsigned value = 0;
  const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (text.empty() || text.size() > 4 || failure != std::errc() || stop != text.data() + text.size() || value > most) return std::nullopt;
  return value;
}

bool parse_v4(std::string_view text, std::uint8_t* out) {
  for (int i = 0; i < 4; ++i) {
    const std::size_t dot = i < 3 ? text.find('.') : text.size();
    if (dot == std::string_view::npos) return false;
    const auto group = parse_group(text.substr(0, dot), 10, 255);
    if (!group) return false;
    out[i] = static_cast<std::uint8_t>(*group);
    text.remove_prefix(i < 3 ? dot + 1 : dot);
  }
  return text.empty();
}

/// Groups of one side of "::"; the last may be a v4 address. Gives how many bytes were read.
std::optional<std::size_t> parse_groups(std::string_view text, std::array<std::uint8_t, 16>& out) {
  std::size_t size = 0;
  while (!text.empty()) {
    const std::size_t colon = text.find(':');
    const std::string_view part = text.substr(0, colon);
    if (colon == std::string_view::npos && part.contains('.')) {
      if (size > 12 || !parse_v4(part, out.data() + size)) return std::nullopt;
      return size + 4;
    }
    const auto group = parse_group(part, 16, 0xFFFF);
    if (!group || size > 14) return std::nullopt;
    out[size++] = static_cast<std::uint8_t>(*group >> 8);
    out[size++] = static_cast<std::uint8_t>(*group & 0xFF);
    if (colon == std::string_view::npos) return size;
    text.remove_prefix(colon + 1);
    if (text.empty()) return std::nullopt;
  }
  return size;
}

std::optional<std::array<std::uint8_t, 16>> parse_v6(std::string_view text) {
  std::array<std::uint8_t, 16> front{};
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) {
    const auto size = parse_groups(text, front);
    if (size != 16u) return std::nullopt;
    return front;
  }
  std::array<std::uint8_t, 16> back{};
  const auto before = parse_groups(text.substr(0, gap), front);
  const auto after = parse_groups(text.substr(gap + 2), back);
  if (!before || !after || *before + *after > 14) return std::nullopt;
  std::copy_n(back.begin(), *after, front.end() - static_cast<std::ptrdiff_t>(*after));
  return front;
}

template <class T>
bool compare(Op op, Op equals, T request, T policy) {
  switch (static_cast<int>(op) - static_cast<int>(equals)) {
    case 0:
    case 1: return request == policy;
    case 2: return request < policy;
    case 3: return request <= policy;
    case 4: return request > policy;
    default: return request >= policy;
  }
}

/// Whether one value matches, for a negated operator as for its positive.
bool operand_matches(Op op, const RequestConditions::Value& value, const ConditionOperand& operand) {
  switch (op) {
    case Op::kStringEquals:
    case Op::kStringNotEquals: return value.text == operand.text;
    case Op::kStringEqualsIgnoreCase:
    case Op::kStringNotEqualsIgnoreCase:
    case Op::kBool: return name_key(value.text) == name_key(operand.text);
    case Op::kStringLike:
    case Op::kStringNotLike: return policy_glob_matches(operand.text, value.text, false);
    case Op::kIpAddress:
    case Op::kNotIpAddress: {
      const auto address = parse_address_range(value.text);
      return address && operand.range && operand.range->contains(*address);
    }
    default: break;
  }
  if (is_date_operator(op)) return value.millis && operand.millis && compare(op, Op::kDateEquals, *value.millis, *operand.millis);
  const auto number = parse_number(value.text);
  return number && operand.number && compare(op, Op::kNumericEquals, *number, *operand.number);
}

}  // namespace

std::optional<ConditionOperator> parse_condition_operator(std::string_view name) {
  for (const auto& [spelling, op] : kOperators) {
    if (spelling == name) return op;
  }
  return std::nullopt;
}

bool is_date_operator(ConditionOperator op) { return op >= Op::kDateEquals && op <= Op::kDateGreaterThanEquals; }

bool AddressRange::contains(const AddressRange& other) const {
  if (other.prefix_bits < prefix_bits) return false;
  for (unsigned bit = 0; bit < prefix_bits; bit += 8) {
    const unsigned in_byte = std::min(8u, prefix_bits - bit);
    const auto mask = static_cast<std::uint8_t>(0xFF00u >> in_byte);
    if ((address[bit / 8] & mask) != (other.address[bit / 8] & mask)) return false;
  }
  return true;
}

std::optional<AddressRange> parse_address_range(std::string_view text) {
  AddressRange range;
  const std::size_t slash = text.find('/');
  const std::string_view address = text.substr(0, slash);
  const bool v4 = !address.contains(':');
  if (v4) {
    range.address[10] = range.address[11] = 0xFF;
    if (!parse_v4(address, range.address.data() + 12)) return std::nullopt;
  } else {
    const auto parsed = parse_v6(address);
    if (!parsed) return std::nullopt;
    range.address = *parsed;
  }
  if (slash == std::string_view::npos) return range;
  const auto bits = parse_group(text.substr(slash + 1), 10, v4 ? 32 : 128);
  if (!bits) return std::nullopt;
  range.prefix_bits = static_cast<std::uint8_t>(*bits + (v4 ? 96 : 0));
  return range;
}

std::string condition_key(std::string_view key) {
  const std::size_t slash = key.find('/');
  std::string out = name_key(key.substr(0, slash));
  if (slash != std::string_view::npos) out += key.substr(slash);
  return out;
}

RequestConditions::Value& RequestConditions::slot(std::string_view key) {
  std::string normalised = condition_key(key);
  for (auto& [name, value] : values_) {
    if (name == normalised) return value = {};
  }
  return values_.emplace_back(std::move(normalised), Value()).second;
}

void RequestConditions::set(std::string_view key, std::string text) { slot(key).text = std::move(text); }

void RequestConditions::set_instant(std::string_view key, std::int64_t millis) {
  Value& value = slot(key);
  value.text = std::to_string(millis / 1000);
  value.millis = millis;
}

const RequestConditions::Value* RequestConditions::find(std::string_view normalised_key) const {
  for (const auto& [name, value] : values_) {
    if (name == normalised_key) return &value;
  }
  return nullptr;
}

bool PolicyCondition::holds(const RequestConditions& request) const {
  const RequestConditions::Value* value = request.find(key);
  if (value == nullptr) return is_negated(op);
  const bool any =
      std::any_of(values.begin(), values.end(), [&](const ConditionOperand& operand) { return operand_matches(op, *value, operand); });
  return any != is_negated(op);
}

std::optional<ConditionOperand> compile_operand(ConditionOperator op, std::string text, std::optional<std::int64_t> millis) {
  ConditionOperand operand{std::move(text), {}, millis, {}};
  if (is_numeric(op)) {
    operand.number = parse_number(operand.text);
    if (!operand.number) return std::nullopt;
  } else if (is_date_operator(op)) {
    if (!millis) return std::nullopt;
  } else if (op == Op::kBool) {
    const std::string word = name_key(operand.text);
    if (word != "true" && word != "false") return std::nullopt;
  } else if (op == Op::kIpAddress || op == Op::kNotIpAddress) {
    operand.range = parse_address_range(operand.text);
    if (!operand.range) return std::nullopt;
  }
  return operand;
}

}  // namespace farshore
