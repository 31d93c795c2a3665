// SPDX-License-Identifier: Apache-2.0
#include "crypto/crc32c.h"

#include <isa-l/crc.h>

#include <cstddef>

namespace farshore::crypto {

std::uint32_t crc32c_update(std::uint32_t crc, BytesView bytes) {
  // The library applies neither initial value nor final xor, counts in int and forgot a const.
  constexpr std::size_t kMost = std::size_t{1} << 30;
  std::uint32_t remainder = ~crc;
  while (!bytes.empty()) {
    const BytesView piece = bytes.substr(0, kMost);
    auto* data = reinterpret_cast<unsigned char*>(const_cast<char*>(piece.data()));
    remainder = crc32_iscsi(data, static_cast<int>(piece.size()), remainder);
    bytes.remove_prefix(piece.size());
  }
  return ~remainder;
}

std::uint32_t crc32c(BytesView bytes) { return crc32c_update(0, bytes); }

}  // namespace farshore::crypto
