// SPDX-License-Identifier: Apache-2.0
// RootKey: the region's own key, under which the data keys of AES256 content are wrapped.
#pragma once

#include "base/result.h"
#include "base/secret.h"

namespace farshore::keys {

inline constexpr std::size_t kRootKeySize = 32;

/// 32 bytes that never leave their region. Loaded by the server from its key file; whoever loses them loses the content.
/// A value; any thread.
class RootKey {
 public:
  /// Error: kInvalidArgument for anything but 32 bytes.
  static Result<RootKey> from(Secret bytes);
  const Secret& secret() const { return bytes_; }

 private:
  explicit RootKey(Secret bytes) : bytes_(std::move(bytes)) {}
  Secret bytes_;
};

}  // namespace farshore::keys
