// SPDX-License-Identifier: Apache-2.0
// LoopThread: an EventLoop with a thread of its own, for a process that has several.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "platform/event_loop.h"
#include "runtime/task.h"

namespace farshore::platform {

/// Loops of one process share nothing but what is safe for any thread. The owner, on another thread, has steps run here and waits for them:
/// what a step wrote may be read after wait(), and a step sees what was written before begin().
///
/// Owned by the composition root. Threads: the owner's, which must not be this loop's. What lives on the loop is made and used by steps (or
/// before the first one), and may be destroyed by the owner after end().
class LoopThread {
 public:
  /// `name`: of the thread, at most 15 characters.
  LoopThread(const std::string& name, EventLoopSettings settings);
  /// end() first, if it was not called.
  ~LoopThread();
  EventLoop& loop();
  /// Starts a step on the loop. One at a time: wait() for it before the next.
  void begin(std::function<Task<void>()> step);
  /// Until the step has ended; at once if there is none.
  void wait();
  void run(std::function<Task<void>()> step) {
    begin(std::move(step));
    wait();
  }
  /// Stops the loop and joins the thread; no step after it.
  void end();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace farshore::platform
