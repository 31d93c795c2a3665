// SPDX-License-Identifier: Apache-2.0
// Vectors of RFC 1321, RFC 3174, FIPS 180-4, RFC 2202 and RFC 4231.
#include "crypto/digest.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>

namespace farshore::crypto {
namespace {

template <std::size_t N>
std::string hex(const std::array<std::uint8_t, N>& digest) {
  std::string text;
  for (const auto byte : digest) text += fmt::format("{:02x}", byte);
  return text;
}

TEST(Digest, Md5MatchesRfc1321) {
  EXPECT_EQ(hex(md5("")), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(hex(md5("abc")), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(hex(md5("12345678901234567890123456789012345678901234567890123456789012345678901234567890")),
            "57edf4a22be3c955ac49da2e2107b67a");
}

TEST(Digest, Sha1MatchesRfc3174) {
  EXPECT_EQ(hex(sha1("")), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  EXPECT_EQ(hex(sha1("abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
}

TEST(Digest, Sha256MatchesFips180) {
  EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256(std::string(1000000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Digest, PiecesGiveTheDigestOfTheWhole) {
  const std::string whole = "The quick brown fox jumps over the lazy dog, more than sixty-four bytes of it.";
  Md5 running_md5;
  Sha256 running_sha256;
  for (std::size_t at = 0; at < whole.size(); at += 7) {
    running_md5.update(BytesView(whole).substr(at, 7));
    running_sha256.update(BytesView(whole).substr(at, 7));
  }
  EXPECT_EQ(running_md5.finish(), md5(whole));
  EXPECT_EQ(running_sha256.finish(), sha256(whole));
}

TEST(Digest, FinishStartsAnew) {
  Md5 running_md5;
  running_md5.update("left over");
  (void)running_md5.finish();
  running_md5.update("abc");
  EXPECT_EQ(running_md5.finish(), md5("abc"));
  Sha256 running_sha256;
  running_sha256.update("left over");
  (void)running_sha256.finish();
  EXPECT_EQ(running_sha256.finish(), sha256(""));
}

TEST(Digest, HmacSha1MatchesRfc2202) {
  EXPECT_EQ(hex(hmac_sha1(std::string(20, '\x0b'), "Hi There")), "b617318655057264e28bc0b6fb378c8ef146be00");
  EXPECT_EQ(hex(hmac_sha1("Jefe", "what do ya want for nothing?")), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  EXPECT_EQ(hex(hmac_sha1(std::string(80, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
            "aa4ae5e15272d00e95705637ce8a3b55ed402112");
}

TEST(Digest, HmacSha256MatchesRfc4231) {
  EXPECT_EQ(hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(Digest, HmacTakesAnEmptyKeyAndAnEmptyMessage) {
  EXPECT_EQ(hex(hmac_sha256("", "")), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  EXPECT_EQ(hex(hmac_sha1("", "")), "fbdb1d1b18aa6c08324b7d64b71fb76370690e1d");
}

TEST(Digest, HmacKeyOfExactlyOneBlockIsNotHashed) {
  EXPECT_EQ(hmac_sha256(std::string(64, 'k'), "m"), hmac_sha256(std::string(64, 'k'), "m"));
  EXPECT_NE(hmac_sha256(std::string(64, 'k'), "m"), hmac_sha256(bytes_of(sha256(std::string(64, 'k'))), "m"));
  EXPECT_EQ(hmac_sha256(std::string(65, 'k'), "m"), hmac_sha256(bytes_of(sha256(std::string(65, 'k'))), "m"));
}

}  // namespace
}  // namespace farshore::crypto
