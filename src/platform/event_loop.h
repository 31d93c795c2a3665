// SPDX-License-Identifier: Apache-2.0
// EventLoop: the production Executor: one thread that resumes coroutines, waits for sockets and keeps timers.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "runtime/executor.h"

namespace farshore::platform {

struct EventLoopSettings {
  std::size_t pool_threads = 3;  ///< workers of WorkerClass::kPool, 1 to 64; kDisk always has one
};

/// Invariants
///  1. Coroutines are resumed only from run() or run_until(), never inside post() or arm().
///  2. The kernel timer never fires later than the earliest armed timer; it may fire earlier, which costs one empty turn.
///  3. A worker touches its WorkNode only before it hands it back under the mutex.
/// Owned by the composition root, made before everything that uses it. Threads: the loop's own, but for stop() and
/// post_external().
class EventLoop : public Executor {
 public:
  explicit EventLoop(EventLoopSettings settings = {});
  ~EventLoop() override;
  Instant now() const override;
  void post(ReadyNode& node) override;
  void arm(TimerNode& node, Instant when) override;
  void offload(WorkNode& node, WorkerClass worker) override;

  /// Runs until stop(); may be called again.
  void run();
  /// Runs until `done` holds; it is asked after every event. For tests and one-shot commands.
  void run_until(const std::function<bool()>& done);
  /// Threads: any.
  void stop();
  /// Runs the function on the loop soon. Threads: any.
  void post_external(std::function<void()> function);

  struct Impl;  // for the other files of this folder
  Impl& impl() { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace farshore::platform
