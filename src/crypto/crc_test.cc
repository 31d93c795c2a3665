// SPDX-License-Identifier: Apache-2.0
// CRC-64/XZ as OSS publishes it; CRC-32C from RFC 3720, appendix B.4.
#include <gtest/gtest.h>

#include <string>

#include "crypto/crc32c.h"
#include "crypto/crc64.h"

namespace farshore::crypto {
namespace {

TEST(Crc64, MatchesThePublishedValues) {
  EXPECT_EQ(crc64(""), 0u);
  EXPECT_EQ(crc64("123456789"), 11051210869376104954u);
  EXPECT_EQ(crc64("123456789"), 0x995DC9BBDF1939FAu);
  EXPECT_EQ(crc64("hello"), 11177612005948864433u);
}

TEST(Crc64, UpdateContinuesAnEarlierChecksum) {
  EXPECT_EQ(crc64_update(crc64("1234"), "56789"), crc64("123456789"));
  Crc64 running;
  for (const char c : std::string("123456789")) running.update(BytesView(&c, 1));
  EXPECT_EQ(running.value(), crc64("123456789"));
  Crc64 resumed(crc64("12345"));
  resumed.update("6789");
  EXPECT_EQ(resumed.value(), crc64("123456789"));
}

TEST(Crc64, CombineGivesTheChecksumOfBothContents) {
  std::string content;
  for (int i = 0; i < 5000; ++i) content += static_cast<char>(i * 31 + i / 7);
  const BytesView whole(content);
  for (const std::size_t cut : {0u, 1u, 7u, 64u, 255u, 256u, 4096u, 4999u, 5000u}) {
    const auto first = crc64(whole.substr(0, cut));
    const auto second = crc64(whole.substr(cut));
    EXPECT_EQ(crc64_combine(first, second, whole.size() - cut), crc64(whole)) << cut;
  }
}

TEST(Crc64, CombineIsAssociativeForHugeParts) {
  // Sizes no test can hold in memory: (A+B)+C must equal A+(B+C).
  const std::uint64_t a = crc64("a");
  const std::uint64_t b = 0x0123456789abcdef;
  const std::uint64_t c = 0xfedcba9876543210;
  const std::uint64_t b_size = std::uint64_t{5} << 40;
  const std::uint64_t c_size = (std::uint64_t{1} << 45) + 12345;
  EXPECT_EQ(crc64_combine(crc64_combine(a, b, b_size), c, c_size),
            crc64_combine(a, crc64_combine(b, c, c_size), b_size + c_size));
}

TEST(Crc64, AppendJoinsParts) {
  Crc64 running;
  running.update("1234");
  running.append(crc64("567"), 3);
  running.append(crc64(""), 0);
  running.update("89");
  EXPECT_EQ(running.value(), crc64("123456789"));
}

TEST(Crc32c, MatchesRfc3720) {
  EXPECT_EQ(crc32c(""), 0u);
  EXPECT_EQ(crc32c("123456789"), 0xE3069283u);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8A9136AAu);
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62A8AB43u);
  std::string ascending;
  for (char i = 0; i < 32; ++i) ascending += i;
  EXPECT_EQ(crc32c(ascending), 0x46DD794Eu);
}

TEST(Crc32c, UpdateContinuesAnEarlierChecksum) {
  EXPECT_EQ(crc32c_update(crc32c("12345"), "6789"), crc32c("123456789"));
  EXPECT_EQ(crc32c_update(crc32c("12345"), ""), crc32c("12345"));
}

}  // namespace
}  // namespace farshore::crypto
