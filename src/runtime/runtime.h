// SPDX-License-Identifier: Apache-2.0
// Runtime: the ports that nearly every service needs, passed down as one value.
#pragma once

#include "runtime/executor.h"
#include "runtime/log.h"
#include "runtime/metrics.h"
#include "runtime/random.h"
#include "runtime/time.h"

namespace farshore {

/// References to components that the composition root keeps alive. Copy it freely.
struct Runtime {
  Executor& executor;
  Clock& clock;
  Random& random;
  Log& log;
  Metrics& metrics;
};

}  // namespace farshore
