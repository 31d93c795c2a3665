// SPDX-License-Identifier: Apache-2.0
// Secret: bytes that are wiped when they go and cannot be printed.
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace farshore {

/// Key material or a password. Has no stream or fmt operator, so a log line with one does not compile.
/// reveal() is the single, greppable way to the bytes. Comparison is crypto::equal_constant_time on reveal().
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string bytes) : bytes_(std::move(bytes)) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)) { other.wipe(); }
  Secret& operator=(const Secret& other) {
    if (this != &other) {
      wipe();
      bytes_ = other.bytes_;
    }
    return *this;
  }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      wipe();
      bytes_ = std::move(other.bytes_);
      other.wipe();
    }
    return *this;
  }
  ~Secret() { wipe(); }

  std::string_view reveal() const { return bytes_; }
  bool empty() const { return bytes_.empty(); }

 private:
  void wipe() {
    volatile char* data = bytes_.data();
    for (std::size_t i = 0; i < bytes_.size(); ++i) data[i] = 0;
    bytes_.clear();
  }
  std::string bytes_;
};

}  // namespace farshore
