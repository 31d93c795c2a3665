// SPDX-License-Identifier: Apache-2.0
// Random: entropy (production) or a seed's sequence (simulator).
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace farshore {

/// Port. In production it is cryptographically strong: keys, nonces and ids come from it. Threads: any.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<char> into) = 0;
  std::uint64_t u64() {
    std::uint64_t value = 0;
    fill(std::span<char>(reinterpret_cast<char*>(&value), sizeof value));
    return value;
  }
  /// Uniform enough in [0, bound); bound > 0.
  std::uint64_t below(std::uint64_t bound) { return u64() % bound; }
  std::string bytes(std::size_t count) {
    std::string out(count, '\0');
    fill(out);
    return out;
  }
};

}  // namespace farshore
