// SPDX-License-Identifier: Apache-2.0
// Descriptor: a file descriptor whose readiness coroutines wait for.
#pragma once

#include <memory>

#include "platform/event_loop.h"
#include "runtime/wait.h"

namespace farshore::platform {

/// Owns a non-blocking descriptor registered with the loop. At most one reader and one writer wait at a time.
/// Loop thread only.
class Descriptor {
 public:
  Descriptor(EventLoop& loop, int descriptor);
  ~Descriptor();
  /// -1 after close().
  int get() const { return descriptor_; }
  /// Waits until it is readable (writable), which may have been so before. Spurious wake-ups happen.
  /// Errors: kDeadlineExceeded, kCancelled, kConnectionClosed after close().
  Task<Result<void>> wait_readable(OpContext op);
  Task<Result<void>> wait_writable(OpContext op);
  void close();

 private:
  struct Waits;  // outlives the descriptor while Asio holds its handlers
  std::shared_ptr<Waits> waits_;
  int descriptor_;
};

}  // namespace farshore::platform
