// SPDX-License-Identifier: Apache-2.0
// Vectors: RFC 4648 section 10, RFC 3629.
#include "codec/text.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace farshore::codec {
namespace {

TEST(Text, ParseDecimalTakesDigitsOnly) {
  EXPECT_EQ(parse_decimal<std::uint32_t>("0"), 0u);
  EXPECT_EQ(parse_decimal<std::uint32_t>("0010000"), 10000u);
  EXPECT_EQ(parse_decimal<std::uint64_t>("18446744073709551615"), UINT64_MAX);
  EXPECT_EQ(parse_decimal<std::int64_t>("9223372036854775807"), INT64_MAX);
  for (const auto* text : {"", " 1", "1 ", "+1", "-1", "-0", "1.0", "0x1", "1e3", "１"}) {
    EXPECT_FALSE(parse_decimal<std::int64_t>(text)) << text;
    EXPECT_FALSE(parse_decimal<std::uint32_t>(text)) << text;
  }
}

TEST(Text, ParseDecimalRefusesWhatDoesNotFit) {
  EXPECT_FALSE(parse_decimal<std::uint64_t>("18446744073709551616"));
  EXPECT_FALSE(parse_decimal<std::uint8_t>("256"));
  EXPECT_EQ(parse_decimal<std::uint8_t>("255"), 255);
}

TEST(Text, CaseIsAsciiOnly) {
  EXPECT_EQ(to_lower("X-Oss-Meta-\xC3\x84[`@{"), "x-oss-meta-\xC3\x84[`@{");
  EXPECT_EQ(to_upper("azAZ09\xC3\xA4"), "AZAZ09\xC3\xA4");
  EXPECT_TRUE(iequals("Content-MD5", "content-md5"));
  EXPECT_FALSE(iequals("Content-MD5", "content-md"));
  EXPECT_FALSE(iequals("[", "{"));
  EXPECT_TRUE(istarts_with("X-OSS-Meta-a", "x-oss-meta-"));
  EXPECT_FALSE(istarts_with("x-oss", "x-oss-meta-"));
}

TEST(Text, TrimCutsBlanksAtBothEndsOnly) {
  EXPECT_EQ(trim(" \t a b\r\n"), "a b");
  EXPECT_EQ(trim(" \r\n\t"), "");
  EXPECT_EQ(trim(""), "");
}

TEST(Text, SplitKeepsEmptyPieces) {
  using Pieces = std::vector<std::string_view>;
  EXPECT_EQ(split("a,,b", ','), (Pieces{"a", "", "b"}));
  EXPECT_EQ(split("", ','), (Pieces{""}));
  EXPECT_EQ(split(",", ','), (Pieces{"", ""}));
}

TEST(Text, TakePieceGoesThroughAText) {
  std::string_view rest = "a,,b";
  EXPECT_EQ(take_piece(rest, ','), "a");
  EXPECT_EQ(rest, ",b");
  EXPECT_EQ(take_piece(rest, ','), "");
  EXPECT_EQ(take_piece(rest, ','), "b");
  EXPECT_EQ(rest, "");
  EXPECT_EQ(take_piece(rest, ','), "");
}

TEST(Text, Utf8RefusesOverlongSurrogatesAndTooLarge) {
  for (const auto* text : {"", "a", "\xC2\x80", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xF0\x90\x80\x80",
                           "\xF4\x8F\xBF\xBF", "\xE4\xB8\xAD\xE6\x96\x87"}) {
    EXPECT_TRUE(is_valid_utf8(text)) << hex_encode(text);
  }
  for (const auto* text : {"\x80", "\xC0\x80", "\xC1\xBF", "\xC2", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xEF\xBF",
                           "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "a\xE4\xB8"}) {
    EXPECT_FALSE(is_valid_utf8(text)) << hex_encode(text);
  }
  EXPECT_TRUE(is_valid_utf8(std::string_view("\0", 1)));
}

TEST(Text, Utf8IsCheckedAtEveryPlaceOfALongText) {
  for (std::size_t at = 0; at < 40; ++at) {
    std::string text(40, 'a');
    text.insert(at, "\xE4\xB8\xAD");
    EXPECT_TRUE(is_valid_utf8(text)) << at;
    text[at + 1] = 'b';
    EXPECT_FALSE(is_valid_utf8(text)) << at;
  }
}

TEST(Text, HexKnowsBothCases) {
  EXPECT_EQ(hex_encode(std::string_view("\x00\x7f\xff\xa0", 4)), "007fffa0");
  EXPECT_EQ(hex_encode_upper(std::string_view("\x00\x7f\xff\xa0", 4)), "007FFFA0");
  EXPECT_EQ(hex_decode("007fFFa0"), Bytes("\x00\x7f\xff\xa0", 4));
  EXPECT_EQ(hex_decode(""), Bytes());
  for (const auto* text : {"0", "0g", "0x", " 00", "00 "}) EXPECT_FALSE(hex_decode(text)) << text;
}

TEST(Text, Base64MatchesRfc4648) {
  const std::vector<std::pair<std::string, std::string>> kPairs = {
      {"", ""},           {"f", "Zg=="},         {"fo", "Zm8="},        {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}, {"\xfb\xff\xfe", "+//+"}};
  for (const auto& [bytes, text] : kPairs) {
    EXPECT_EQ(base64_encode(bytes), text);
    EXPECT_EQ(base64_decode(text), bytes);
  }
}

TEST(Text, Base64DecodeIsStrict) {
  for (const auto* text : {"Zg", "Zg=", "Zg===", "Z===", "====", "=", "Zh==", "Zm9=", "Zm9v\n", " Zm9v", "Zm-_",
                           "Zg==Zg==", "Z=g=", "Zm9vZ"}) {
    EXPECT_FALSE(base64_decode(text)) << text;
  }
}

TEST(Text, Base32HexMatchesRfc4648WithoutPadding) {
  const std::vector<std::pair<std::string, std::string>> kPairs = {
      {"", ""},         {"f", "CO"},        {"fo", "CPNG"},       {"foo", "CPNMU"},
      {"foob", "CPNMUOG"}, {"fooba", "CPNMUOJ1"}, {"foobar", "CPNMUOJ1E8"}};
  for (const auto& [bytes, text] : kPairs) {
    EXPECT_EQ(base32hex_encode(bytes), text);
    EXPECT_EQ(base32hex_decode(text), bytes);
  }
}

TEST(Text, Base32HexDecodeIsStrict) {
  for (const auto* text : {"C", "CPN", "CPNMUO", "co", "CP", "CW", "CO======", "C ", "CPNMUOJ1E"}) {
    EXPECT_FALSE(base32hex_decode(text)) << text;
  }
}

TEST(Text, Base32HexTextsCompareAsTheirBytes) {
  std::vector<std::string> bytes;
  for (int a = 0; a < 256; a += 5) {
    bytes.emplace_back(1, static_cast<char>(a));
    for (int b = 0; b < 256; b += 51) bytes.push_back({static_cast<char>(a), static_cast<char>(b)});
  }
  for (const auto& a : bytes) {
    for (const auto& b : bytes) EXPECT_EQ(a < b, base32hex_encode(a) < base32hex_encode(b));
  }
}

TEST(Text, Base32HexU64IsFixedWidthAndOrdered) {
  const std::vector<std::uint64_t> kNumbers = {0, 1, 31, 32, 1023, 1024, 1700000000000, UINT64_MAX / 2, UINT64_MAX};
  std::string before;
  for (const auto number : kNumbers) {
    const std::string text = base32hex_encode_u64(number);
    EXPECT_EQ(text.size(), kBase32HexU64Width);
    EXPECT_LT(before, text);
    EXPECT_EQ(base32hex_decode_u64(text), number);
    before = text;
  }
  EXPECT_EQ(base32hex_encode_u64(UINT64_MAX), "FVVVVVVVVVVVV");
  EXPECT_FALSE(base32hex_decode_u64("G000000000000"));
  EXPECT_FALSE(base32hex_decode_u64("000000000000"));
  EXPECT_FALSE(base32hex_decode_u64("000000000000w"));
}

}  // namespace
}  // namespace farshore::codec
