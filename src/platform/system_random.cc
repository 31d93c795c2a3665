// SPDX-License-Identifier: Apache-2.0
#include "platform/system_random.h"

#include <algorithm>

#include <openssl/rand.h>

#include "base/check.h"

namespace farshore::platform {

void SystemRandom::fill(std::span<char> into) {
  constexpr std::size_t kStep = 1 << 20;  // RAND_bytes counts in int
  while (!into.empty()) {
    const std::size_t count = std::min(into.size(), kStep);
    FS_CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(into.data()), static_cast<int>(count)) == 1);
    into = into.subspan(count);
  }
}

}  // namespace farshore::platform
