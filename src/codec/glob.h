// SPDX-License-Identifier: Apache-2.0
// Glob patterns as policies and rules write them: '*' is any run of bytes, '/' included, '?' is any one byte.
#pragma once

#include <string_view>

namespace farshore::codec {

/// True if the pattern covers the whole text. No escapes and no character classes.
/// Time is at most proportional to pattern size times text size, memory is constant, whatever the pattern.
/// Multi-byte characters count as their bytes for '?'.
bool glob_match(std::string_view pattern, std::string_view text);
/// The same with ASCII case ignored.
bool glob_match_ignoring_case(std::string_view pattern, std::string_view text);

}  // namespace farshore::codec
