// SPDX-License-Identifier: Apache-2.0
// CRC-32C (Castagnoli), the checksum of our own durable frames.
//
// Reflected polynomial 0x1EDC6F41, initial value and final xor all ones (RFC 3720, appendix B.4). Both are
// applied inside: 0 is the checksum of nothing, and a checksum continues from any earlier one.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace farshore::crypto {

/// The checksum of bytes.
std::uint32_t crc32c(BytesView bytes);
/// The checksum of A followed by bytes, given crc = crc32c(A).
std::uint32_t crc32c_update(std::uint32_t crc, BytesView bytes);

}  // namespace farshore::crypto
