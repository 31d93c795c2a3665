// SPDX-License-Identifier: Apache-2.0
// Checks of names, and ids.
#include "identity/names.h"

#include <fmt/format.h>

#include <algorithm>

#include "codec/text.h"
#include "identity/identity_errors.h"

namespace farshore::identity {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kAlphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Characters drawn without bias: bytes beyond the last whole multiple are thrown away.
std::string draw(Random& random, std::string_view alphabet, std::size_t size) {
  const std::size_t limit = 256 / alphabet.size() * alphabet.size();
  std::string out;
  while (out.size() < size) {
    for (const char byte : random.bytes(size)) {
      const auto value = static_cast<unsigned char>(byte);
      if (value < limit && out.size() < size) out += alphabet[value % alphabet.size()];
    }
  }
  return out;
}

}  // namespace

Result<void> check_name(std::string_view field, std::string_view name, std::size_t size_max, std::string_view others) {
  if (name.empty() || name.size() > size_max) {
    return bad_parameter(field, "Length", fmt::format("The parameter - \"{}\" must have 1 to {} characters.", field, size_max));
  }
  const bool good = std::all_of(name.begin(), name.end(), [&](char c) { return kAlphanumeric.contains(c) || others.contains(c); });
  if (!good) {
    return bad_parameter(field, "InvalidChars",
                         fmt::format("The parameter - \"{}\" contains invalid chars. Use letters, digits and {}", field, others));
  }
  return {};
}

Result<void> check_text(std::string_view field, std::string_view text, std::size_t characters_max) {
  const auto characters = static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
  if (characters > characters_max || !codec::is_valid_utf8(text)) {
    return bad_parameter(field, "Length",
                         fmt::format("The parameter - \"{}\" beyond the length limit of {} characters.", field, characters_max));
  }
  return {};
}

std::string new_numeric_id(Random& random, char first, std::size_t size) { return std::string(1, first) + draw(random, kDigits, size - 1); }
std::string new_alphanumeric(Random& random, std::size_t size) { return draw(random, kAlphanumeric, size); }

}  // namespace farshore::identity
