// SPDX-License-Identifier: Apache-2.0
#include "platform/system_clock.h"

#include <ctime>

namespace farshore::platform {

WallTime SystemClock::now() const {
  timespec at{};
  clock_gettime(CLOCK_REALTIME, &at);
  return WallTime{static_cast<std::int64_t>(at.tv_sec) * 1000000 + at.tv_nsec / 1000};
}

}  // namespace farshore::platform
