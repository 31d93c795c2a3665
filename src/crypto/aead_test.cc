// SPDX-License-Identifier: Apache-2.0
// Vectors: test cases 13 to 16 of the GCM specification (McGrew, Viega), RFC 5869 appendix A.
#include "crypto/aead.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "crypto/equal.h"

namespace farshore::crypto {
namespace {

Bytes unhex(std::string_view text) {
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes += static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16));
  }
  return bytes;
}

std::string hex(BytesView bytes) {
  std::string text;
  for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return text;
}

AeadNonce nonce_of(std::string_view text) {
  AeadNonce nonce{};
  const Bytes bytes = unhex(text);
  std::copy(bytes.begin(), bytes.end(), nonce.begin());
  return nonce;
}

struct Vector {
  std::string key, nonce, aad, plaintext, sealed;
};

const std::vector<Vector>& vectors() {
  static const std::vector<Vector> kVectors = {
      {std::string(64, '0'), std::string(24, '0'), "", "", "530f8afbc74536b9a963b4f1c4cb738b"},
      {std::string(64, '0'), std::string(24, '0'), "", std::string(32, '0'),
       "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
      {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888", "",
       "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
       "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255",
       "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
       "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad"
       "b094dac5d93471bdec1a502270e3cc6c"},
      {"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", "cafebabefacedbaddecaf888",
       "feedfacedeadbeeffeedfacedeadbeefabaddad2",
       "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
       "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
       "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
       "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
       "76fc6ece0f4e1768cddf8853bb2d551b"},
  };
  return kVectors;
}

TEST(Aead, SealMatchesTheGcmSpecification) {
  for (const Vector& v : vectors()) {
    EXPECT_EQ(hex(seal(unhex(v.key), nonce_of(v.nonce), unhex(v.aad), unhex(v.plaintext))), v.sealed);
  }
}

TEST(Aead, OpenMatchesTheGcmSpecification) {
  for (const Vector& v : vectors()) {
    const auto opened = open(unhex(v.key), nonce_of(v.nonce), unhex(v.aad), unhex(v.sealed));
    ASSERT_TRUE(opened);
    EXPECT_EQ(hex(*opened), v.plaintext);
  }
}

TEST(Aead, AnyChangedBitIsCorrupt) {
  const Vector& v = vectors()[3];
  const Bytes sealed = unhex(v.sealed);
  AeadKey key(unhex(v.key));
  for (std::size_t bit = 0; bit < sealed.size() * 8; bit += 5) {
    Bytes changed = sealed;
    changed[bit / 8] ^= static_cast<char>(1 << bit % 8);
    const auto opened = key.open(nonce_of(v.nonce), unhex(v.aad), changed);
    ASSERT_FALSE(opened) << bit;
    EXPECT_EQ(opened.error().code(), ErrorCode::kCorrupt);
  }
  EXPECT_FALSE(key.open(nonce_of(v.nonce), "other aad", sealed));
  EXPECT_FALSE(key.open(AeadNonce{}, unhex(v.aad), sealed));
  EXPECT_TRUE(key.open(nonce_of(v.nonce), unhex(v.aad), sealed));
}

TEST(Aead, TextShorterThanATagIsCorrupt) {
  AeadKey key(Bytes(kAeadKeySize, 'k'));
  EXPECT_FALSE(key.open(AeadNonce{}, "", ""));
  EXPECT_FALSE(key.open(AeadNonce{}, "", "fifteen bytes.."));
}

TEST(Aead, OneKeyServesManyMessagesInBothDirections) {
  const Bytes bytes(kAeadKeySize, '\x7f');
  AeadKey key(bytes);
  for (std::uint8_t i = 0; i < 50; ++i) {
    AeadNonce nonce{};
    nonce[11] = i;
    const Bytes plaintext(std::size_t{i} * 37, static_cast<char>(i));
    const Bytes sealed = key.seal(nonce, "chunk", plaintext);
    EXPECT_EQ(sealed.size(), plaintext.size() + kAeadTagSize);
    EXPECT_EQ(sealed, seal(bytes, nonce, "chunk", plaintext));
    EXPECT_EQ(key.open(nonce, "chunk", sealed).value(), plaintext);
  }
}

TEST(Aead, HkdfMatchesRfc5869) {
  EXPECT_EQ(hex(hkdf_sha256(unhex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"), unhex("000102030405060708090a0b0c"),
                            unhex("f0f1f2f3f4f5f6f7f8f9"), 42)
                    .reveal()),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  EXPECT_EQ(hex(hkdf_sha256(unhex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b"), "", "", 42).reveal()),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST(Aead, HkdfIsAPrefixOfItsLongerSelf) {
  const Secret longest = hkdf_sha256("key", "salt", "info", 255 * 32);
  EXPECT_EQ(longest.reveal().size(), 255u * 32u);
  EXPECT_EQ(hkdf_sha256("key", "salt", "info", 100).reveal(), longest.reveal().substr(0, 100));
  EXPECT_TRUE(hkdf_sha256("key", "salt", "info", 0).empty());
}

TEST(Equal, ComparesContentAndSize) {
  EXPECT_TRUE(equal_constant_time("", ""));
  EXPECT_TRUE(equal_constant_time("secret", "secret"));
  EXPECT_FALSE(equal_constant_time("secret", "secreT"));
  EXPECT_FALSE(equal_constant_time("secret", "secret "));
  EXPECT_TRUE(equal_constant_time(BytesView(), BytesView("")));
}

}  // namespace
}  // namespace farshore::crypto
