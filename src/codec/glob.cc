// SPDX-License-Identifier: Apache-2.0
#include "codec/glob.h"

#include <cstddef>

namespace farshore::codec {
namespace {

char same(char c) { return c; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// Only the last star seen is ever retried: an earlier one that took more could match nothing that the later
// one cannot, so one remembered place is enough and no input makes this exponential.
template <char (*fold)(char)>
bool match(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t after_star = std::string_view::npos;
  std::size_t retry = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      after_star = ++p;
      retry = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || fold(pattern[p]) == fold(text[t]))) {
      ++p;
      ++t;
    } else if (after_star != std::string_view::npos) {
      p = after_star;
      t = ++retry;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

}  // namespace

bool glob_match(std::string_view pattern, std::string_view text) { return match<same>(pattern, text); }
bool glob_match_ignoring_case(std::string_view pattern, std::string_view text) { return match<lower>(pattern, text); }

}  // namespace farshore::codec
