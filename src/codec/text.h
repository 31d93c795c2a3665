// SPDX-License-Identifier: Apache-2.0
// Small text rules that every protocol shares: strict numbers, ASCII case, hex, base64 and ordered base32.
//
// Pure functions; any thread. Nothing here depends on a locale.
#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "base/bytes.h"

namespace farshore::codec {

/// Digits and nothing else: no sign, no blank, no empty text. Nothing if the value does not fit T.
/// Leading zeros are accepted.
template <std::integral T>
std::optional<T> parse_decimal(std::string_view text) {
  // from_chars would take a minus sign for signed T, so the first character is looked at here.
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  T value{};
  const char* end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, value, 10);
  if (failure != std::errc() || stop != end) return std::nullopt;
  return value;
}

/// ASCII only; other bytes stay as they are.
std::string to_lower(std::string_view text);
std::string to_upper(std::string_view text);
/// Equal but for ASCII case.
bool iequals(std::string_view a, std::string_view b);
/// True if text begins with prefix, ASCII case ignored.
bool istarts_with(std::string_view text, std::string_view prefix);
/// Without space, tab, CR and LF at both ends.
std::string_view trim(std::string_view text);
/// The piece before the first separator, which is taken off `rest` with it; all of `rest` if there is none.
std::string_view take_piece(std::string_view& rest, char separator);
/// Pieces between separators, empty ones kept: "a,,b" has three, "" has one. Views into text.
std::vector<std::string_view> split(std::string_view text, char separator);

/// UTF-8 as RFC 3629 has it: no overlong form, no surrogate, nothing above U+10FFFF.
bool is_valid_utf8(BytesView text);
/// The length of the well-formed UTF-8 character at the front of text, 1 to 4; 0 if there is none.
std::size_t utf8_length_at_front(BytesView text);

std::string hex_encode(BytesView bytes);        ///< lower case
std::string hex_encode_upper(BytesView bytes);  ///< upper case
/// Either case; nothing for an odd length or a foreign character.
std::optional<Bytes> hex_decode(std::string_view text);

/// RFC 4648 section 4, padded, no line breaks.
std::string base64_encode(BytesView bytes);
/// Strict: the padding is required, blanks and unused bits that are not zero are refused.
std::optional<Bytes> base64_decode(std::string_view text);

/// RFC 4648 section 7 (0-9A-V), without padding: ceil(8n/5) characters for n bytes, so inputs of one width
/// give texts of one width. Texts compare as their bytes do.
std::string base32hex_encode(BytesView bytes);
/// Strict: upper case only, a length that some byte count gives, unused bits zero.
std::optional<Bytes> base32hex_decode(std::string_view text);

/// A number as 13 base32hex digits, most significant first; texts compare as their numbers do.
inline constexpr std::size_t kBase32HexU64Width = 13;
std::string base32hex_encode_u64(std::uint64_t value);
std::optional<std::uint64_t> base32hex_decode_u64(std::string_view text);

}  // namespace farshore::codec
