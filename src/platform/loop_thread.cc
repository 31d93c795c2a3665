// SPDX-License-Identifier: Apache-2.0
#include "platform/loop_thread.h"

#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include <pthread.h>

#include "base/check.h"
#include "runtime/task_scope.h"

namespace farshore::platform {

struct LoopThread::Impl {
  explicit Impl(EventLoopSettings settings) : loop(settings), steps(loop) {}

  Task<void> carry_out(std::function<Task<void>()> step) {
    co_await step();
    const std::lock_guard lock(mutex);
    busy = false;
    ended.notify_all();
  }

  EventLoop loop;
  std::mutex mutex;
  std::condition_variable ended;
  bool busy = false;  // guarded by mutex
  TaskScope steps;
  std::thread thread;
};

LoopThread::LoopThread(const std::string& name, EventLoopSettings settings) : impl_(std::make_unique<Impl>(settings)) {
  impl_->thread = std::thread([impl = impl_.get()] { impl->loop.run(); });
  pthread_setname_np(impl_->thread.native_handle(), name.substr(0, 15).c_str());
}

LoopThread::~LoopThread() { end(); }

EventLoop& LoopThread::loop() { return impl_->loop; }

void LoopThread::begin(std::function<Task<void>()> step) {
  {
    const std::lock_guard lock(impl_->mutex);
    FS_CHECK(!impl_->busy);
    impl_->busy = true;
  }
  impl_->loop.post_external([impl = impl_.get(), step = std::move(step)]() mutable { impl->steps.spawn(impl->carry_out(std::move(step))); });
}

void LoopThread::wait() {
  std::unique_lock lock(impl_->mutex);
  impl_->ended.wait(lock, [this] { return !impl_->busy; });
}

void LoopThread::end() {
  if (!impl_->thread.joinable()) return;
  wait();
  // The step's own frame leaves a moment after it has said so.
  impl_->loop.post_external([impl = impl_.get()] { impl->loop.stop(); });
  impl_->thread.join();
}

}  // namespace farshore::platform
