// SPDX-License-Identifier: Apache-2.0
// SignalWaiter: SIGTERM, SIGINT and SIGHUP as something a coroutine waits for.
#pragma once

#include <memory>

#include "platform/event_loop.h"
#include "runtime/wait.h"

namespace farshore::platform {

/// While it lives, these signals no longer end the process but are delivered here; SIGPIPE is ignored.
/// One per process. Loop thread only.
class SignalWaiter {
 public:
  explicit SignalWaiter(EventLoop& loop);
  ~SignalWaiter();
  /// The next signal's number. Errors: kDeadlineExceeded, kCancelled.
  Task<Result<int>> next(OpContext op);

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace farshore::platform
