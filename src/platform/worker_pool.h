// SPDX-License-Identifier: Apache-2.0
// WorkerPool: threads that take blocking work off the loop.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>
#include <vector>

#include "runtime/executor.h"

namespace farshore::platform {

/// Runs WorkNodes in the order they came and hands each to `done` afterwards, on the worker. With one thread the work is
/// strictly sequential. Owned by the loop; the destructor finishes what is queued. Threads: any.
class WorkerPool {
 public:
  using Done = void (*)(void* context, WorkNode& node);
  WorkerPool(std::size_t threads, const char* name, Done done, void* context);
  ~WorkerPool();
  void submit(WorkNode& node);

 private:
  void work();
  Done done_;
  void* context_;
  std::mutex mutex_;
  std::condition_variable waiting_;
  Link queue_;  // ring of WorkNodes; guarded by mutex_
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace farshore::platform
