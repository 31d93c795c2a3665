// SPDX-License-Identifier: Apache-2.0
// The words inside policies: patterns match as the plainest matcher does, principals and addresses are read one way, and an operator and
// its negation never agree.
//
//   input := group(1) ...
#include <cstdint>
#include <string>

#include "base/check.h"
#include "codec/text.h"
#include "fuzz/input.h"
#include "model/policy_condition.h"
#include "model/policy_pattern.h"
#include "model/policy_principal.h"

namespace {

using namespace farshore;

bool matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') return matches(pattern.substr(1), text) || (!text.empty() && matches(pattern, text.substr(1)));
  return !text.empty() && (pattern.front() == '?' || pattern.front() == text.front()) && matches(pattern.substr(1), text.substr(1));
}

void check_glob(fuzz::Input& input) {
  const std::string pattern(input.text(40));
  const BytesView text = input.rest();
  const bool found = policy_glob_matches(pattern, text, false);
  FS_CHECK(PolicyGlob(pattern).matches(text) == found);
  FS_CHECK(!found || policy_glob_matches(pattern, text, true));
  FS_CHECK(PolicyGlob(pattern, PolicyGlob::Case::kIgnored).matches(text) == policy_glob_matches(pattern, text, true));
  FS_CHECK(policy_glob_matches(codec::to_lower(pattern), codec::to_lower(text), false) == policy_glob_matches(pattern, text, true));
  if (pattern.size() <= 8 && text.size() <= 12) FS_CHECK(found == matches(pattern, text));
}

void check_resource(fuzz::Input& input) {
  const std::string pattern(input.text(60));
  const std::string name = resource_name("oss", input.text(20), input.text(20), input.rest());
  FS_CHECK(PolicyResource("*").matches(name));
  const bool found = PolicyResource(pattern).matches(name);
  // A pattern without a wildcard names one thing: a region and an owner may be left out, and that is all.
  if (found && pattern.find_first_of("*?") == std::string::npos) FS_CHECK(codec::split(pattern, ':').size() >= 5 || pattern == name);
  if (name.find_first_of("*?") == std::string::npos) FS_CHECK(PolicyResource(name).matches(name));
}

void check_principal(fuzz::Input& input) {
  const auto place = static_cast<PrincipalPlace>(input.below(3));
  const BytesView text = input.rest();
  if (const auto principal = parse_principal(text, place)) {
    FS_CHECK(parse_principal(text, place) == principal);
    const PolicyCaller anonymous;
    FS_CHECK(principal->matches(anonymous) == (principal->kind == PolicyPrincipal::Kind::kEveryone));
    const PolicyCaller root{PolicyCaller::Kind::kRoot, "1000000000000001", "1000000000000001", "", ""};
    // An ARN is of one account: it never lets in another one.
    if (!principal->account.empty() && principal->account != root.account) FS_CHECK(!principal->matches(root));
  }
  if (const auto role = parse_role_arn(text)) {
    FS_CHECK(!role->account.empty() && !role->name.empty() && role->name == name_key(role->name));
    FS_CHECK(parse_role_arn("acs:ram::" + role->account + ":role/" + role->name) == role);
  }
  static_cast<void>(parse_service_principal(text));
}

void check_address(fuzz::Input& input) {
  const auto range = parse_address_range(input.text(60));
  const auto other = parse_address_range(input.rest());
  if (!range) return;
  FS_CHECK(range->prefix_bits <= 128 && range->contains(*range));
  if (!other) return;
  if (range->contains(*other)) FS_CHECK(other->prefix_bits >= range->prefix_bits);
  if (range->contains(*other) && other->contains(*range)) FS_CHECK(range->prefix_bits == other->prefix_bits);
}

struct Pair {
  std::string_view positive, negative;
};
constexpr Pair kPairs[] = {{"StringEquals", "StringNotEquals"},
                           {"StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"},
                           {"StringLike", "StringNotLike"},
                           {"NumericEquals", "NumericNotEquals"},
                           {"NumericLessThan", "NumericGreaterThanEquals"},
                           {"NumericGreaterThan", "NumericLessThanEquals"},
                           {"IpAddress", "NotIpAddress"}};

void check_condition(fuzz::Input& input) {
  const std::size_t which = input.below(std::size(kPairs));
  const auto positive = parse_condition_operator(kPairs[which].positive);
  const auto negative = parse_condition_operator(kPairs[which].negative);
  FS_CHECK(positive && negative);
  PolicyCondition condition{*positive, condition_key(input.text(20)), {}};
  PolicyCondition negation{*negative, condition.key, {}};
  // One value: with several, "less than any" and "at least any" may both hold.
  std::string text(input.text(40));
  const auto operand = compile_operand(*positive, text);
  const auto counterpart = compile_operand(*negative, text);
  FS_CHECK(operand.has_value() == counterpart.has_value());
  if (!operand) return;
  condition.values.push_back(*operand);
  negation.values.push_back(*counterpart);
  RequestConditions nothing;
  const bool compares = which == 4 || which == 5;  // both are positive: without the key, neither holds
  FS_CHECK(!condition.holds(nothing) && negation.holds(nothing) != compares);
  RequestConditions request;
  const std::string value(input.rest());
  request.set(condition.key, value);
  if (!compares) {
    FS_CHECK(condition.holds(request) != negation.holds(request));
  } else {
    FS_CHECK(!(condition.holds(request) && negation.holds(request)));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  switch (input.below(5)) {
    case 0: check_glob(input); break;
    case 1: check_resource(input); break;
    case 2: check_principal(input); break;
    case 3: check_address(input); break;
    default: check_condition(input); break;
  }
  return 0;
}
