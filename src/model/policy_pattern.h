// SPDX-License-Identifier: Apache-2.0
// PolicyGlob and PolicyResource: the patterns in which policies name actions, resources and text.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace farshore {

/// The match itself, for callers that know the case only at match time.
bool policy_glob_matches(std::string_view pattern, std::string_view text, bool ignore_case);

/// '*' is any run of bytes, '/' and ':' included; '?' is any one byte. No escapes.
/// Time is at most pattern size times text size, whatever the pattern.
class PolicyGlob {
 public:
  enum class Case : unsigned char { kSensitive, kIgnored };
  explicit PolicyGlob(std::string pattern, Case letters = Case::kSensitive);
  bool matches(std::string_view text) const;
  const std::string& text() const { return pattern_; }
  friend bool operator==(const PolicyGlob&, const PolicyGlob&) = default;

 private:
  std::string pattern_;
  Case case_;
  bool any_ = false;  // "*" alone: by far the most frequent pattern
};

/// A resource pattern, "acs:oss:*:1000000000000001:bucket/*" or "*".
///
/// A pattern with four colons is matched part by part, so that the '*' of an owner cannot reach into an object key that
/// happens to contain colons. A shorter one ("acs:kms:*") is one glob over the whole name. An empty region or owner means any;
/// the region of OSS may be written with or without "oss-"; names of service "ram" ignore case.
class PolicyResource {
 public:
  explicit PolicyResource(std::string pattern);
  /// `name` is the resource of a request: "acs:<service>:<region>:<uid>:<relative>", region and uid possibly empty.
  bool matches(std::string_view name) const;
  const std::string& text() const { return text_; }
  friend bool operator==(const PolicyResource& a, const PolicyResource& b) { return a.text_ == b.text_; }

 private:
  std::string text_;
  bool parted_ = false;
  std::array<std::string, 5> parts_;
};

/// The name a request asks for, with the parts that patterns see.
std::string resource_name(std::string_view service, std::string_view region, std::string_view uid, std::string_view relative);

}  // namespace farshore
