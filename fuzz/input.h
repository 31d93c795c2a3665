// SPDX-License-Identifier: Apache-2.0
// Input: takes a fuzzer's bytes apart into choices, numbers and pieces of text.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace farshore::fuzz {

/// Takes from the front, so that a change of one byte changes one choice. What is missing at the end is zero or empty.
class Input {
 public:
  Input(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}
  explicit Input(BytesView bytes) : rest_(bytes) {}

  bool empty() const { return rest_.empty(); }
  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const auto first = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return first;
  }
  bool flag() { return (byte() & 1) != 0; }
  /// A choice from 0 to count - 1.
  std::size_t below(std::size_t count) { return byte() % count; }
  /// Small numbers and extremes are as likely as any.
  std::uint64_t number() {
    const std::uint8_t width = byte();
    if (width < 128) return width;
    if (width < 136) return ~std::uint64_t{0} >> (8 * (width - 128));
    std::uint64_t value = 0;
    for (int i = 0; i <= (width & 7); ++i) value = value << 8 | byte();
    return value;
  }
  /// A length byte and so many bytes.
  BytesView text(std::size_t size_max = 255) { return take(std::min<std::size_t>(byte(), size_max)); }
  /// Up to the next line feed, which is taken and not given.
  BytesView line() {
    const std::size_t end = rest_.find('\n');
    const BytesView found = rest_.substr(0, end);
    rest_.remove_prefix(end == BytesView::npos ? rest_.size() : end + 1);
    return found;
  }
  BytesView take(std::size_t size) {
    const BytesView taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  BytesView rest() { return std::exchange(rest_, BytesView()); }
  template <class T, std::size_t N>
  const T& pick(const T (&from)[N]) {
    return from[below(N)];
  }

 private:
  BytesView rest_;
};

}  // namespace farshore::fuzz
