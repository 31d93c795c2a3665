// SPDX-License-Identifier: Apache-2.0
// Signal, sleep, AsyncMutex, Permits: waiting on the loop for something another coroutine does.
#pragma once

#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/result.h"
#include "runtime/executor.h"
#include "runtime/op_context.h"
#include "runtime/task.h"

namespace farshore {

/// Why a Wait ended.
enum class Woken : unsigned char { kNotified, kDeadline, kCancelled };

class Signal;

/// One coroutine waiting for a signal, a deadline or a cancellation, whichever comes first. Made by the functions below.
class Wait {
 public:
  Wait(Executor& executor, Link* waiters, Instant deadline, CancelToken cancel)
      : executor_(executor), waiters_(waiters), deadline_(deadline), cancel_(std::move(cancel)), listed_(*this), timer_(*this), watch_(*this) {}
  bool await_ready();
  void await_suspend(std::coroutine_handle<> handle);
  Woken await_resume() const { return woken_; }

 private:
  friend Signal;
  struct Listed : Link {
    explicit Listed(Wait& owner) : wait(owner) {}
    Wait& wait;
  };
  struct Timer final : TimerNode {
    explicit Timer(Wait& owner) : wait(owner) {}
    void on_time() override { wait.wake(Woken::kDeadline); }
    Wait& wait;
  };
  struct Watch final : CancelNode {
    explicit Watch(Wait& owner) : wait(owner) {}
    void on_cancel() override { wait.wake(Woken::kCancelled); }
    Wait& wait;
  };
  void wake(Woken reason);

  Executor& executor_;
  Link* waiters_;
  Instant deadline_;
  CancelToken cancel_;
  Woken woken_ = Woken::kNotified;
  ReadyNode ready_;
  Listed listed_;
  Timer timer_;
  Watch watch_;
};

/// A condition: waiters look at their state, wait, and look again. Loop thread only. Must outlive its waiters.
class Signal {
 public:
  explicit Signal(Executor& executor) : executor_(executor) {}
  /// Waits for a notification after this call, whatever was notified before.
  Wait wait(Instant deadline = kNever) { return Wait(executor_, &waiters_, deadline, CancelToken()); }
  Wait wait(const OpContext& op) { return Wait(executor_, &waiters_, op.deadline, op.cancel); }
  /// As above, with an earlier deadline of its own.
  Wait wait(const OpContext& op, Instant deadline) {
    return Wait(executor_, &waiters_, deadline < op.deadline ? deadline : op.deadline, op.cancel);
  }
  void notify_one();
  void notify_all();
  bool has_waiters() const { return waiters_.linked(); }

 private:
  Executor& executor_;
  Link waiters_;
};

/// Waits until `until`, the operation's deadline or its cancellation.
inline Wait sleep_until(Executor& executor, const OpContext& op, Instant until) {
  return Wait(executor, nullptr, until < op.deadline ? until : op.deadline, op.cancel);
}
inline Wait sleep_for(Executor& executor, const OpContext& op, Duration duration) {
  return sleep_until(executor, op, executor.now() + duration);
}
/// Lets every coroutine that is ready now run first.
inline Wait yield_now(Executor& executor) { return Wait(executor, nullptr, executor.now(), CancelToken()); }

/// ok after a notification; kDeadlineExceeded or kCancelled otherwise.
Result<void> woken_result(Woken woken);

/// A counted budget (bytes of a window, slots of a fan-out). First come, first served.
/// A request for more than the whole budget counts as the whole budget.
class Permits {
 public:
  Permits(Executor& executor, std::size_t total) : executor_(executor), free_(total), total_(total) {}
  /// Gives how many permits were taken; hand exactly that to release().
  Task<Result<std::size_t>> acquire(OpContext op, std::size_t count);
  /// Takes them only if nobody waits and they are free now.
  bool try_acquire(std::size_t count);
  void release(std::size_t count);
  std::size_t available() const { return free_; }
  std::size_t in_use() const { return total_ - free_; }

 private:
  struct Request : Link {
    Request(Executor& executor, std::size_t wanted) : count(wanted), signal(executor) {}
    std::size_t count;
    bool granted = false;
    Signal signal;
  };
  void grant();
  Executor& executor_;
  std::size_t free_;
  std::size_t total_;
  Link requests_;
};

/// Mutual exclusion across awaits, first come, first served.
class AsyncMutex {
 public:
  explicit AsyncMutex(Executor& executor) : permits_(executor, 1) {}
  class [[nodiscard]] Guard {
   public:
    Guard() = default;
    explicit Guard(AsyncMutex* mutex) : mutex_(mutex) {}
    Guard(Guard&& other) noexcept : mutex_(std::exchange(other.mutex_, nullptr)) {}
    Guard& operator=(Guard&& other) noexcept {
      if (this != &other) {
        unlock();
        mutex_ = std::exchange(other.mutex_, nullptr);
      }
      return *this;
    }
    ~Guard() { unlock(); }
    void unlock() {
      if (mutex_ != nullptr) std::exchange(mutex_, nullptr)->permits_.release(1);
    }

   private:
    AsyncMutex* mutex_ = nullptr;
  };
  Task<Result<Guard>> lock(OpContext op);
  /// Nothing unless it is free and nobody waits.
  std::optional<Guard> try_lock() { return permits_.try_acquire(1) ? std::optional<Guard>(Guard(this)) : std::nullopt; }
  bool locked() const { return permits_.available() == 0; }

 private:
  Permits permits_;
};

/// Runs a callable on a worker and gives its result. The callable must touch nothing that the loop touches meanwhile.
template <class Function>
class Offload : private WorkNode {
 public:
  using Value = std::invoke_result_t<Function&>;
  Offload(Executor& executor, WorkerClass worker, Function function)
      : executor_(executor), worker_(worker), function_(std::move(function)) {}
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> handle_to_resume) {
    handle = handle_to_resume;
    executor_.offload(*this, worker_);
  }
  Value await_resume() {
    if constexpr (!std::is_void_v<Value>) return std::move(*value_);
  }

 private:
  void run() override {
    if constexpr (std::is_void_v<Value>) {
      function_();
    } else {
      value_.emplace(function_());
    }
  }
  struct Nothing {};
  Executor& executor_;
  WorkerClass worker_;
  Function function_;
  std::optional<std::conditional_t<std::is_void_v<Value>, Nothing, Value>> value_;
};

template <class Function>
Offload<Function> offload(Executor& executor, WorkerClass worker, Function function) {
  return Offload<Function>(executor, worker, std::move(function));
}

}  // namespace farshore
