// SPDX-License-Identifier: Apache-2.0
#include "runtime/task_scope.h"

namespace farshore {

/// The outermost coroutine of a spawned task: starts posted, leaves its scope and destroys itself at the end.
struct TaskScope::Root {
  struct promise_type : ReadyNode {
    struct Membership : Link {
      promise_type* promise = nullptr;
    } membership;
    Root get_return_object() { return Root{std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const {}
    [[noreturn]] void unhandled_exception() const { check_failed("no exception leaves a coroutine", __FILE__, __LINE__); }
  };
  std::coroutine_handle<promise_type> handle;

  static Root run(TaskScope* scope, Task<void> task) {
    co_await task;
    --scope->size_;
    scope->finished_.notify_all();
  }
};

void TaskScope::spawn(Task<void> task) {
  FS_CHECK(!closed_);
  Root root = Root::run(this, std::move(task));
  auto& promise = root.handle.promise();
  promise.handle = root.handle;
  promise.membership.promise = &promise;
  promise.membership.append_to(roots_);
  ++size_;
  executor_.post(promise);
}

Task<void> TaskScope::drain() {
  while (size_ > 0) co_await finished_.wait();
}

Task<void> TaskScope::close() {
  cancel_.cancel();
  co_await drain();
  closed_ = true;
}

void TaskScope::abandon() {
  closed_ = true;
  while (roots_.linked()) {
    auto* membership = static_cast<Root::promise_type::Membership*>(roots_.next());
    std::coroutine_handle<Root::promise_type>::from_promise(*membership->promise).destroy();
  }
  size_ = 0;
}

TaskScope::~TaskScope() {
  if (in_frame_ && size_ > 0) abandon();
  FS_CHECK(size_ == 0);
}

}  // namespace farshore
