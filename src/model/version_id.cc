// SPDX-License-Identifier: Apache-2.0
#include "model/version_id.h"

#include <array>

#include "base/check.h"

namespace farshore {
namespace {

constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
constexpr std::size_t kBodyBytes = 18;
constexpr std::size_t kBytes = kBodyBytes + 2;
constexpr std::size_t kTextLength = kBytes * 8 / 5;
using Raw = std::array<unsigned char, kBytes>;

void put_big_endian(Raw& raw, std::size_t at, std::uint64_t value, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) raw[at + i] = static_cast<unsigned char>(value >> (8 * (width - 1 - i)));
}

std::uint64_t get_big_endian(const Raw& raw, std::size_t at, std::size_t width) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < width; ++i) value = value << 8 | raw[at + i];
  return value;
}

/// CRC-16/CCITT over the body: catches every slip of one character.
std::uint16_t check_of(const Raw& raw) {
  std::uint16_t crc = 0xFFFF;
  for (std::size_t i = 0; i < kBodyBytes; ++i) {
    crc ^= static_cast<std::uint16_t>(raw[i] << 8);
    for (int bit = 0; bit < 8; ++bit) crc = static_cast<std::uint16_t>((crc & 0x8000) ? (crc << 1) ^ 0x1021 : crc << 1);
  }
  return crc;
}

Result<Raw> decode(std::string_view text) {
  Raw raw{};
  std::uint64_t pending = 0;
  unsigned bits = 0;
  std::size_t at = 0;
  for (const char character : text) {
    const auto digit = kDigits.find(character);
    if (digit == std::string_view::npos) return Error(ErrorCode::kInvalidArgument, "");
    pending = pending << 5 | digit;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      raw[at++] = static_cast<unsigned char>(pending >> bits);
    }
  }
  return raw;
}

}  // namespace

VersionId VersionId::mint(const Order& order) {
  Raw raw{};
  put_big_endian(raw, 0, ~order.time.value, 8);
  put_big_endian(raw, 8, order.region.get(), 2);
  put_big_endian(raw, 10, order.partition, 8);
  put_big_endian(raw, kBodyBytes, check_of(raw), 2);
  VersionId id;
  id.text_.reserve(kTextLength);
  for (std::size_t bit = 0; bit < kBytes * 8; bit += 5) {
    const std::size_t byte = bit / 8;
    const unsigned window = static_cast<unsigned>(raw[byte] << 8) | (byte + 1 < kBytes ? raw[byte + 1] : 0u);
    id.text_ += kDigits[window >> (11 - bit % 8) & 31];
  }
  return id;
}

Result<VersionId> VersionId::parse(std::string_view text) {
  // Rule: OSS, "Versioning": an empty id and a malformed one are told apart by their messages.
  if (text.empty()) {
    return Error(ErrorCode::kInvalidArgument, "Version id can not be the empty string.").with("ArgumentName", "versionId").with("ArgumentValue", "");
  }
  if (text == "null") return VersionId();
  if (text.size() == kTextLength) {
    const auto raw = decode(text);
    if (raw && get_big_endian(*raw, kBodyBytes, 2) == check_of(*raw)) {
      VersionId id;
      id.text_ = std::string(text);
      return id;
    }
  }
  return Error(ErrorCode::kInvalidArgument, "Invalid version id specified.").with("ArgumentName", "versionId").with("ArgumentValue", text);
}

Order VersionId::minted_order() const {
  FS_CHECK(!is_null());
  const auto raw = decode(text_);
  FS_CHECK(raw.has_value());
  return Order{HybridTime{~get_big_endian(*raw, 0, 8)}, RegionNumber(static_cast<std::uint16_t>(get_big_endian(*raw, 8, 2))), get_big_endian(*raw, 10, 8)};
}

}  // namespace farshore
