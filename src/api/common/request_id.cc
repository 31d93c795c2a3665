// SPDX-License-Identifier: Apache-2.0
#include "api/common/request_id.h"

#include <array>

#include "codec/text.h"

namespace farshore::api {
namespace {

/// A one-to-one scattering of 64 bits (the finalizer of splitmix64), so that neighbours look nothing alike.
std::uint64_t scatter(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9u;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111ebu;
  return bits ^ (bits >> 31);
}

}  // namespace

std::string make_request_id(Random& random) {
  std::array<char, 12> bytes;
  random.fill(bytes);
  return codec::hex_encode_upper(BytesView(bytes.data(), bytes.size()));
}

RequestIds::RequestIds(Random& random) : entry_(static_cast<std::uint32_t>(random.u64())), count_(random.u64()) {}

std::string RequestIds::next() {
  std::array<char, 12> bytes;
  const std::uint64_t scattered = scatter(++count_);
  for (std::size_t i = 0; i < 4; ++i) bytes[i] = static_cast<char>(entry_ >> (8 * i));
  for (std::size_t i = 0; i < 8; ++i) bytes[4 + i] = static_cast<char>(scattered >> (8 * i));
  return codec::hex_encode_upper(BytesView(bytes.data(), bytes.size()));
}

}  // namespace farshore::api
