// SPDX-License-Identifier: Apache-2.0
// Result<T>: a value or an Error, and the macros that pass an Error on.
#pragma once

#include <expected>
#include <type_traits>
#include <utility>

#include "base/error.h"

namespace farshore {

/// What everything that can fail returns. Converts from a T and from an Error, so that both are simply returned.
template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
  Result(Error error) : std::expected<T, Error>(std::unexpect, std::move(error)) {}  // NOLINT: implicit by design
};

template <>
class [[nodiscard]] Result<void> : public std::expected<void, Error> {
 public:
  using std::expected<void, Error>::expected;
  Result(Error error) : std::expected<void, Error>(std::unexpect, std::move(error)) {}  // NOLINT: implicit by design
};

}  // namespace farshore

#define FS_CONCAT_INNER(a, b) a##b
#define FS_CONCAT(a, b) FS_CONCAT_INNER(a, b)

#define FS_TRY_IMPL(result, leave, declaration, ...) \
  auto result = (__VA_ARGS__);                       \
  if (!result) leave std::move(result).error();      \
  declaration = *std::move(result)

/// TRY(Type name, expression): declares `name` from the value, or returns the error.
#define TRY(declaration, ...) FS_TRY_IMPL(FS_CONCAT(fs_try_, __COUNTER__), return, declaration, __VA_ARGS__)
/// The same inside a coroutine.
#define CO_TRY(declaration, ...) FS_TRY_IMPL(FS_CONCAT(fs_try_, __COUNTER__), co_return, declaration, __VA_ARGS__)
/// For Result<void>, or where the value does not matter.
#define TRY_OK(...) \
  if (auto fs_try_ok = (__VA_ARGS__); !fs_try_ok) return std::move(fs_try_ok).error()
#define CO_TRY_OK(...) \
  if (auto fs_try_ok = (__VA_ARGS__); !fs_try_ok) co_return std::move(fs_try_ok).error()
