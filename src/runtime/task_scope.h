// SPDX-License-Identifier: Apache-2.0
// TaskScope: owns coroutines that outlive their caller.
#pragma once

#include <cstddef>

#include "runtime/wait.h"

namespace farshore {

/// Every piece of work that outlives its caller belongs to one. The last member of its owner, so that nothing the work
/// uses is destroyed first. Loop thread only.
class TaskScope {
 public:
  explicit TaskScope(Executor& executor) : executor_(executor), finished_(executor) {}
  /// For a scope that lives in a coroutine's frame: it is cancelled with `parent`, and it goes down with the frame when a power cut
  /// destroys that. Otherwise close() it as any other.
  TaskScope(Executor& executor, const CancelToken& parent) : executor_(executor), in_frame_(true), finished_(executor), cancel_(parent) {}
  TaskScope(const TaskScope&) = delete;
  TaskScope& operator=(const TaskScope&) = delete;
  /// Checks that close() or abandon() came first.
  ~TaskScope();

  /// Starts the task soon (never inside this call). Its errors are its own business.
  void spawn(Task<void> task);
  /// Cancelled by close(); give it to the work's OpContext.
  const CancelToken& token() const { return cancel_.token(); }
  void cancel() { cancel_.cancel(); }
  /// Asks all work to stop and waits until it has.
  Task<void> close();
  /// Waits until all work has ended by itself.
  Task<void> drain();
  /// Power cut: destroys every frame where it stands. For the simulator only, whose workers run on the loop.
  void abandon();
  std::size_t size() const { return size_; }

 private:
  struct Root;
  Executor& executor_;
  std::size_t size_ = 0;
  bool closed_ = false;
  bool in_frame_ = false;
  Link roots_;
  Signal finished_;
  CancelSource cancel_;
};

}  // namespace farshore
