// SPDX-License-Identifier: Apache-2.0
// Any bytes as URL text, dates, encodings and globs: decoding undoes encoding, and encoding what was decoded is stable.
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "codec/date.h"
#include "codec/glob.h"
#include "codec/text.h"
#include "codec/url.h"

namespace codec = farshore::codec;

namespace {

void check_encodings(farshore::BytesView bytes) {
  FS_CHECK(codec::percent_decode(codec::percent_encode(bytes)) == bytes);
  FS_CHECK(codec::percent_decode(codec::percent_encode(bytes, true)) == bytes);
  FS_CHECK(codec::form_decode(codec::percent_encode(bytes)) == bytes);
  FS_CHECK(codec::hex_decode(codec::hex_encode(bytes)) == bytes);
  FS_CHECK(codec::base64_decode(codec::base64_encode(bytes)) == bytes);
  FS_CHECK(codec::base32hex_decode(codec::base32hex_encode(bytes)) == bytes);
}

// A strict decoder takes one spelling of each value only, so encoding again must give the very text.
void check_decodings(std::string_view text) {
  if (const auto bytes = codec::base64_decode(text)) FS_CHECK(codec::base64_encode(*bytes) == text);
  if (const auto bytes = codec::base32hex_decode(text)) FS_CHECK(codec::base32hex_encode(*bytes) == text);
  if (const auto number = codec::base32hex_decode_u64(text)) FS_CHECK(codec::base32hex_encode_u64(*number) == text);
  if (const auto bytes = codec::hex_decode(text)) FS_CHECK(codec::iequals(codec::hex_encode(*bytes), text));
  (void)codec::is_valid_utf8(text);
}

void check_dates(std::string_view text) {
  const auto basic = codec::parse_iso_basic(text);
  FS_CHECK(!basic || codec::parse_iso_basic(codec::format_iso_basic(*basic)) == basic);
  const auto rfc1123 = codec::parse_rfc1123(text);
  FS_CHECK(!rfc1123 || codec::parse_rfc1123(codec::format_rfc1123(*rfc1123)) == rfc1123);
  (void)codec::parse_iso8601(text);
  (void)codec::parse_yyyymmdd(text);
}

void check_query(std::string_view text) {
  const auto query = codec::Query::parse(text);
  if (!query) return;
  for (const auto& item : query->items()) FS_CHECK(query->has(item.name));
  FS_CHECK(codec::Query::parse(query->text()) == query);
}

void check_glob(std::string_view text) {
  FS_CHECK(codec::glob_match("*", text));
  FS_CHECK(codec::glob_match(text, text));
  const std::size_t half = text.size() / 2;
  const bool matches = codec::glob_match(text.substr(0, half), text.substr(half));
  FS_CHECK(!matches || codec::glob_match_ignoring_case(text.substr(0, half), text.substr(half)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_encodings(text);
  check_decodings(text);
  check_dates(text);
  check_query(text);
  if (size <= 4096) check_glob(text);
  return 0;
}
