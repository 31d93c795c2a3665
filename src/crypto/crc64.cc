// SPDX-License-Identifier: Apache-2.0
#include "crypto/crc64.h"

#include <isa-l/crc64.h>

#include <array>

namespace farshore::crypto {
namespace {

// Polynomials over GF(2) of degree below 64, the coefficient of x^0 in the top bit (reflected).
constexpr std::uint64_t kPolynomial = 0xC96C5795D7870F42;  // 0x42F0E1EBA9EA3693, reflected
constexpr std::uint64_t kOne = std::uint64_t{1} << 63;

constexpr std::uint64_t times_x(std::uint64_t a) { return a >> 1 ^ (a & 1 ? kPolynomial : 0); }

constexpr std::uint64_t multiply(std::uint64_t a, std::uint64_t b) {
  std::uint64_t product = 0;
  for (; a != 0; a <<= 1) {
    if (a & kOne) product ^= b;
    b = times_x(b);
  }
  return product;
}

// x^(8 * 2^k): what 2^k zero bytes do to a checksum.
constexpr auto kZeroBytes = [] {
  std::array<std::uint64_t, 64> powers{};
  powers[0] = kOne;
  for (int i = 0; i < 8; ++i) powers[0] = times_x(powers[0]);
  for (std::size_t k = 1; k < powers.size(); ++k) powers[k] = multiply(powers[k - 1], powers[k - 1]);
  return powers;
}();

}  // namespace

std::uint64_t crc64_update(std::uint64_t crc, BytesView bytes) {
  // The library applies the initial value and the final xor itself.
  return crc64_ecma_refl(crc, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

std::uint64_t crc64(BytesView bytes) { return crc64_update(0, bytes); }

std::uint64_t crc64_combine(std::uint64_t first, std::uint64_t second, std::uint64_t second_size) {
  // The two xors cancel: shifting `first` by the second content's zero bytes is all that is left to do.
  for (std::size_t k = 0; second_size != 0; ++k, second_size >>= 1) {
    if (second_size & 1) first = multiply(kZeroBytes[k], first);
  }
  return first ^ second;
}

}  // namespace farshore::crypto
