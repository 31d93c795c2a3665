// SPDX-License-Identifier: Apache-2.0
// SigningKeys: the derived keys of version 4 signatures, kept for the next request of the same caller.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "model/ids.h"

namespace farshore::api::oss {

/// Four HMACs: secret, day, region, product, terminator. 32 bytes.
Secret derive_v4_key(const Secret& secret, std::string_view day, std::string_view region, std::string_view product);

/// Deriving costs more than verifying, so the last ones are kept, at most kEntriesMax. An entry answers only for the very
/// secret it was derived from. Loop thread only.
class SigningKeys {
 public:
  static constexpr std::size_t kEntriesMax = 4096;
  /// The derived key. Valid until the next call.
  const Secret& get(std::string_view access_key, const Secret& secret, std::string_view day, std::string_view region, std::string_view product);
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    Secret secret;
    Secret key;
  };
  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace farshore::api::oss
