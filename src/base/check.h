// SPDX-License-Identifier: Apache-2.0
// FS_CHECK: an invariant of our own, kept in release builds; better stopped than wrong. Never for input.
#pragma once

namespace farshore {

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace farshore

#define FS_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::farshore::check_failed(#condition, __FILE__, __LINE__))
