// SPDX-License-Identifier: Apache-2.0
// CRC-64/XZ, the checksum that OSS clients send and verify as x-oss-hash-crc64ecma.
//
// Reflected ECMA-182 polynomial 0x42F0E1EBA9EA3693, initial value and final xor all ones; both are applied
// inside, so 0 is the checksum of nothing and a checksum continues from any earlier one.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace farshore::crypto {

/// The checksum of bytes.
std::uint64_t crc64(BytesView bytes);
/// The checksum of A followed by bytes, given crc = crc64(A).
std::uint64_t crc64_update(std::uint64_t crc, BytesView bytes);
/// The checksum of A followed by B, given those of A and B and the size of B in bytes.
/// Some hundred nanoseconds whatever the size.
std::uint64_t crc64_combine(std::uint64_t first, std::uint64_t second, std::uint64_t second_size);

/// A running checksum. Plain value type.
class Crc64 {
 public:
  Crc64() = default;
  /// Continues from an earlier value().
  explicit Crc64(std::uint64_t value) : value_(value) {}
  void update(BytesView bytes) { value_ = crc64_update(value_, bytes); }
  /// Appends content known only by its checksum and size.
  void append(std::uint64_t crc, std::uint64_t size) { value_ = crc64_combine(value_, crc, size); }
  std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0;
};

}  // namespace farshore::crypto
