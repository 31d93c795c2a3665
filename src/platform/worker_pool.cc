// SPDX-License-Identifier: Apache-2.0
#include "platform/worker_pool.h"

#include <pthread.h>

namespace farshore::platform {

WorkerPool::WorkerPool(std::size_t threads, const char* name, Done done, void* context) : done_(done), context_(context) {
  for (std::size_t i = 0; i < threads; ++i) {
    threads_.emplace_back([this] { work(); });
    pthread_setname_np(threads_.back().native_handle(), name);
  }
}

WorkerPool::~WorkerPool() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  waiting_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void WorkerPool::submit(WorkNode& node) {
  {
    const std::lock_guard lock(mutex_);
    node.append_to(queue_);
  }
  waiting_.notify_one();
}

void WorkerPool::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    waiting_.wait(lock, [this] { return queue_.linked() || ending_; });
    if (!queue_.linked()) return;
    auto* node = static_cast<WorkNode*>(queue_.next());
    node->unlink();
    lock.unlock();
    node->run();
    done_(context_, *node);
    lock.lock();
  }
}

}  // namespace farshore::platform
