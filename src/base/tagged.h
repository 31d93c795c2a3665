// SPDX-License-Identifier: Apache-2.0
// Tagged<T, Tag>: one underlying type, many meanings that do not mix.
#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <utility>

namespace farshore {

/// A value with a name for what it means. Compared and hashed by content.
template <class T, class Tag>
class Tagged {
 public:
  using Underlying = T;
  Tagged() = default;
  explicit Tagged(T value) : value_(std::move(value)) {}
  const T& get() const { return value_; }
  T take() && { return std::move(value_); }
  friend bool operator==(const Tagged&, const Tagged&) = default;
  friend auto operator<=>(const Tagged&, const Tagged&) = default;

 private:
  T value_{};
};

}  // namespace farshore

template <class T, class Tag>
struct std::hash<farshore::Tagged<T, Tag>> {
  std::size_t operator()(const farshore::Tagged<T, Tag>& value) const { return std::hash<T>{}(value.get()); }
};
