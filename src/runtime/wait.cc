// SPDX-License-Identifier: Apache-2.0
#include "runtime/wait.h"

namespace farshore {

bool Wait::await_ready() {
  if (!cancel_.cancelled()) return false;
  woken_ = Woken::kCancelled;
  return true;
}

void Wait::await_suspend(std::coroutine_handle<> handle) {
  ready_.handle = handle;
  if (waiters_ != nullptr) listed_.append_to(*waiters_);
  if (deadline_ != kNever) executor_.arm(timer_, deadline_);
  cancel_.watch(watch_);
}

void Wait::wake(Woken reason) {
  woken_ = reason;
  listed_.unlink();
  timer_.disarm();
  watch_.unlink();
  executor_.post(ready_);
}

void Signal::notify_one() {
  if (waiters_.linked()) static_cast<Wait::Listed*>(waiters_.next())->wait.wake(Woken::kNotified);
}

void Signal::notify_all() {
  // Resumption is posted, never inline, so nobody can join the ring while this runs.
  while (waiters_.linked()) notify_one();
}

Result<void> woken_result(Woken woken) {
  switch (woken) {
    case Woken::kNotified: return {};
    case Woken::kDeadline: return Error(ErrorCode::kDeadlineExceeded, "the operation's deadline passed");
    case Woken::kCancelled: break;
  }
  return Error(ErrorCode::kCancelled, "the operation was cancelled");
}

bool Permits::try_acquire(std::size_t count) {
  if (count > total_) count = total_;
  if (requests_.linked() || free_ < count) return false;
  free_ -= count;
  return true;
}

Task<Result<std::size_t>> Permits::acquire(OpContext op, std::size_t count) {
  if (count > total_) count = total_;
  if (try_acquire(count)) co_return count;
  Request request(executor_, count);
  request.append_to(requests_);
  while (!request.granted) {
    const Woken woken = co_await request.signal.wait(op);
    if (request.granted || woken == Woken::kNotified) continue;
    request.unlink();
    grant();
    co_return woken_result(woken).error();
  }
  co_return count;
}

void Permits::grant() {
  while (requests_.linked()) {
    auto* first = static_cast<Request*>(requests_.next());
    if (first->count > free_) return;
    free_ -= first->count;
    first->granted = true;
    first->unlink();
    first->signal.notify_one();
  }
}

void Permits::release(std::size_t count) {
  free_ += count;
  FS_CHECK(free_ <= total_);
  grant();
}

Task<Result<AsyncMutex::Guard>> AsyncMutex::lock(OpContext op) {
  CO_TRY_OK(co_await permits_.acquire(std::move(op), 1));
  co_return Guard(this);
}

}  // namespace farshore
