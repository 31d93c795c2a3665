// SPDX-License-Identifier: Apache-2.0
// Any bytes as URL text, dates, encodings and globs: decoding undoes encoding, and encoding what was decoded is stable.
//
//   input := group(1) bytes
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "codec/date.h"
#include "codec/glob.h"
#include "codec/text.h"
#include "codec/url.h"
#include "fuzz/input.h"

namespace codec = farshore::codec;

namespace {

void check_encodings(farshore::BytesView bytes) {
  const std::string encoded = codec::percent_encode(bytes);
  FS_CHECK(codec::percent_decode(encoded) == bytes && codec::form_decode(encoded) == bytes);
  FS_CHECK(encoded.size() <= 3 * bytes.size() && encoded.find_first_of("/+ &=?#") == std::string::npos);
  FS_CHECK(codec::percent_decode(codec::percent_encode(bytes, true)) == bytes);
  FS_CHECK(codec::hex_decode(codec::hex_encode(bytes)) == bytes && codec::hex_decode(codec::hex_encode_upper(bytes)) == bytes);
  FS_CHECK(codec::base64_decode(codec::base64_encode(bytes)) == bytes);
  FS_CHECK(codec::base32hex_decode(codec::base32hex_encode(bytes)) == bytes);
}

// A strict decoder takes one spelling of each value only, so encoding again must give the very text.
void check_decodings(std::string_view text) {
  if (const auto bytes = codec::base64_decode(text)) FS_CHECK(codec::base64_encode(*bytes) == text);
  if (const auto bytes = codec::base32hex_decode(text)) FS_CHECK(codec::base32hex_encode(*bytes) == text);
  if (const auto number = codec::base32hex_decode_u64(text)) FS_CHECK(codec::base32hex_encode_u64(*number) == text);
  if (const auto bytes = codec::hex_decode(text)) FS_CHECK(codec::iequals(codec::hex_encode(*bytes), text));
  if (const auto bytes = codec::percent_decode(text)) FS_CHECK(codec::percent_decode(codec::percent_encode(*bytes)) == bytes);
  if (const auto number = codec::parse_decimal<std::uint32_t>(text)) {
    FS_CHECK(text.substr(std::min(text.find_first_not_of('0'), text.size() - 1)) == std::to_string(*number));
  }
}

/// A second way to the same answer: characters one after the other.
void check_utf8(std::string_view text) {
  std::string_view rest = text;
  while (const std::size_t length = codec::utf8_length_at_front(rest)) rest.remove_prefix(length);
  FS_CHECK(codec::is_valid_utf8(text) == rest.empty());
}

void check_dates(std::string_view text) {
  const auto basic = codec::parse_iso_basic(text);
  FS_CHECK(!basic || codec::parse_iso_basic(codec::format_iso_basic(*basic)) == basic);
  const auto rfc1123 = codec::parse_rfc1123(text);
  FS_CHECK(!rfc1123 || codec::parse_rfc1123(codec::format_rfc1123(*rfc1123)) == rfc1123);
  const auto day = codec::parse_yyyymmdd(text);
  FS_CHECK(!day || codec::format_yyyymmdd(*day) == text);
  if (const auto iso = codec::parse_iso8601(text)) {
    // An offset may move the instant out of the years that can be written.
    const auto again = codec::parse_iso8601(codec::format_iso_exact_millis(*iso));
    FS_CHECK(again.has_value());
    constexpr std::int64_t kFirst = -62167219200000, kLast = 253402300799999;
    FS_CHECK(*again == std::clamp(*iso, kFirst, kLast));
  }
}

void check_instant(std::int64_t at) {
  constexpr std::int64_t kFirst = -62167219200000, kLast = 253402300799999;
  at = std::clamp(at % (2 * kLast), kFirst, kLast);
  FS_CHECK(codec::parse_iso8601(codec::format_iso_exact_millis(at)) == at);
  const auto second = codec::parse_rfc1123(codec::format_rfc1123(at));
  FS_CHECK(second && *second <= at && at - *second < 1000);
  FS_CHECK(codec::parse_iso_basic(codec::format_iso_basic(at)) == second && codec::parse_iso8601(codec::format_iso_seconds(at)) == second);
  FS_CHECK(codec::format_iso_basic(at).starts_with(codec::format_yyyymmdd(at)));
}

void check_query(std::string_view text) {
  const auto query = codec::Query::parse(text);
  if (!query) return;
  std::size_t bytes = 0;
  for (const auto& item : query->items()) {
    FS_CHECK(query->has(item.name) && (item.has_equals || item.value.empty()));
    bytes += item.name.size() + item.value.size();
  }
  FS_CHECK(bytes <= text.size());
  FS_CHECK(codec::Query::parse(query->text()) == query);
}

/// The plainest matcher there is, for short texts.
bool matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') return matches(pattern.substr(1), text) || (!text.empty() && matches(pattern, text.substr(1)));
  return !text.empty() && (pattern.front() == '?' || pattern.front() == text.front()) && matches(pattern.substr(1), text.substr(1));
}

void check_glob(farshore::fuzz::Input& input) {
  const std::string_view pattern = input.text(64);
  const std::string_view text = input.rest();
  FS_CHECK(codec::glob_match("*", text));
  const bool found = codec::glob_match(pattern, text);
  FS_CHECK(!found || codec::glob_match_ignoring_case(pattern, text));
  FS_CHECK(codec::glob_match_ignoring_case(pattern, text) == codec::glob_match(codec::to_lower(pattern), codec::to_lower(text)));
  if (pattern.size() <= 8 && text.size() <= 12) FS_CHECK(found == matches(pattern, text));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  farshore::fuzz::Input input(data, size);
  switch (input.below(7)) {
    case 0: check_encodings(input.rest()); break;
    case 1: check_decodings(input.rest()); break;
    case 2: check_utf8(input.rest()); break;
    case 3: check_dates(input.rest()); break;
    case 4: check_query(input.rest()); break;
    case 5: check_glob(input); break;
    default: check_instant(static_cast<std::int64_t>(input.number())); break;
  }
  return 0;
}
