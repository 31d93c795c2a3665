// SPDX-License-Identifier: Apache-2.0
// SystemRandom: the kernel's entropy, through OpenSSL's generator for speed. Threads: any.
#pragma once

#include "runtime/random.h"

namespace farshore::platform {

/// Stops the process if there is no entropy: weak keys are worse than none.
class SystemRandom : public Random {
 public:
  void fill(std::span<char> into) override;
};

}  // namespace farshore::platform
