// SPDX-License-Identifier: Apache-2.0
// Matching of globs and of resource names part by part.
#include "model/policy_pattern.h"

#include <algorithm>
#include <utility>

namespace farshore {
namespace {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// The parts between the first four colons; false if there are fewer.
bool split_name(std::string_view name, std::array<std::string_view, 5>& parts) {
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t colon = name.find(':');
    if (colon == std::string_view::npos) return false;
    parts[i] = name.substr(0, colon);
    name.remove_prefix(colon + 1);
  }
  parts[4] = name;
  return true;
}

std::string_view without_location_prefix(std::string_view service, std::string_view region) {
  constexpr std::string_view kPrefix = "oss-";
  if ((service == "oss" || service == "*") && region.starts_with(kPrefix)) region.remove_prefix(kPrefix.size());
  return region;
}

}  // namespace

bool policy_glob_matches(std::string_view pattern, std::string_view text, bool ignore_case) {
  // Greedy with one point of return: only the last '*' can still be stretched.
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t stretched = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      stretched = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t] || (ignore_case && lower(pattern[p]) == lower(text[t])))) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++stretched;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

PolicyGlob::PolicyGlob(std::string pattern, Case letters) : pattern_(std::move(pattern)), case_(letters), any_(pattern_ == "*") {}

bool PolicyGlob::matches(std::string_view text) const { return any_ || policy_glob_matches(pattern_, text, case_ == Case::kIgnored); }

PolicyResource::PolicyResource(std::string pattern) : text_(std::move(pattern)) {
  std::array<std::string_view, 5> parts;
  parted_ = split_name(text_, parts);
  if (!parted_) return;
  parts[2] = without_location_prefix(parts[1], parts[2]);
  std::copy(parts.begin(), parts.end(), parts_.begin());
  if (parts_[2].empty()) parts_[2] = "*";
  if (parts_[3].empty()) parts_[3] = "*";
}

bool PolicyResource::matches(std::string_view name) const {
  if (text_ == "*") return true;
  std::array<std::string_view, 5> parts;
  if (!split_name(name, parts)) return policy_glob_matches(text_, name, false);
  const bool ignore_case = parts[1] == "ram";
  if (!parted_) return policy_glob_matches(text_, name, ignore_case);
  parts[2] = without_location_prefix(parts[1], parts[2]);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!policy_glob_matches(parts_[i], parts[i], ignore_case && i == 4)) return false;
  }
  return true;
}

std::string resource_name(std::string_view service, std::string_view region, std::string_view uid, std::string_view relative) {
  std::string name = "acs:";
  for (const std::string_view part : {service, region, uid}) {
    name += part;
    name += ':';
  }
  name += relative;
  return name;
}

}  // namespace farshore
