// SPDX-License-Identifier: Apache-2.0
// SystemClock: the machine's wall time. Threads: any.
#pragma once

#include "runtime/time.h"

namespace farshore::platform {

class SystemClock : public Clock {
 public:
  WallTime now() const override;
};

}  // namespace farshore::platform
