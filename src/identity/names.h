// SPDX-License-Identifier: Apache-2.0
// Names and ids of identities: what is allowed, and new ids from the region's randomness.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"
#include "runtime/random.h"

namespace farshore::identity {

// Rule: RAM, "Limits": names of users and roles have 1 to 64 characters, of policies 1 to 128; descriptions up to 1,024.
inline constexpr std::size_t kEntityNameMax = 64;
inline constexpr std::size_t kPolicyNameMax = 128;
inline constexpr std::size_t kDescriptionMax = 1024;
inline constexpr std::size_t kShortTextMax = 128;

/// Letters, digits and what `others` holds. Error: kInvalidParameter (field; Length or InvalidChars).
Result<void> check_name(std::string_view field, std::string_view name, std::size_t size_max, std::string_view others);
/// Any text up to a number of characters. Error: kInvalidParameter (field, Length).
Result<void> check_text(std::string_view field, std::string_view text, std::size_t characters_max);

/// 18 digits, the first one given.
std::string new_numeric_id(Random& random, char first, std::size_t size);
/// Letters and digits.
std::string new_alphanumeric(Random& random, std::size_t size);

}  // namespace farshore::identity
