// SPDX-License-Identifier: Apache-2.0
// Fixed-width little-endian numbers and varints of this backend's own formats.
#pragma once

#include <cstdint>
#include <cstring>

#include "base/bytes.h"

namespace farshore::backend {

template <class Number>
void append_little(Bytes& out, Number value) {
  for (std::size_t i = 0; i < sizeof(Number); ++i) out.push_back(static_cast<char>(value >> (8 * i)));
}
template <class Number>
void store_little(char* out, Number value) {
  for (std::size_t i = 0; i < sizeof(Number); ++i) out[i] = static_cast<char>(value >> (8 * i));
}
template <class Number>
Number load_little(const char* in) {
  Number value = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i) value |= static_cast<Number>(static_cast<unsigned char>(in[i])) << (8 * i);
  return value;
}
inline void append_varint(Bytes& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
  out.push_back(static_cast<char>(value));
}

/// Bytes to be read into, not cleared first.
inline Bytes room_for(std::size_t count) {
  Bytes bytes;
  // The size handed to the function may be larger than the one asked for (libstdc++ 12 gives the capacity).
  bytes.resize_and_overwrite(count, [count](char*, std::size_t) { return count; });
  return bytes;
}

/// Takes numbers and bytes off the front of its input. After the first thing that does not fit, ok() is false and
/// everything taken is empty; never reads past the input.
class ByteReader {
 public:
  explicit ByteReader(BytesView input) : rest_(input) {}
  template <class Number>
  Number little() {
    const BytesView raw = take(sizeof(Number));
    return raw.empty() ? Number{0} : load_little<Number>(raw.data());
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const BytesView raw = take(1);
      if (raw.empty()) return 0;
      const auto byte = static_cast<unsigned char>(raw[0]);
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
    ok_ = false;
    return 0;
  }
  BytesView take(std::uint64_t count) {
    if (!ok_ || count > rest_.size()) {
      ok_ = false;
      return {};
    }
    const BytesView taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && rest_.empty(); }
  std::size_t left() const { return rest_.size(); }

 private:
  BytesView rest_;
  bool ok_ = true;
};

}  // namespace farshore::backend
