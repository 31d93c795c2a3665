// SPDX-License-Identifier: Apache-2.0
// The inside of EventLoop, for the few sources that meet Asio.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "platform/event_loop.h"
#include "platform/worker_pool.h"
#include "runtime/loop_core.h"

namespace farshore::platform {

struct EventLoop::Impl {
  explicit Impl(const EventLoopSettings& settings);
  /// Everything that follows from an event: resumes what is ready, fires timers, sets the kernel timer.
  /// Each Asio handler of this folder ends with it, so that one batch of events costs one epoll_wait.
  void after_event();
  void settle_timer();
  void wait_timer();
  void finished(WorkNode& node);
  void take_finished();

  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> keep_running{context.get_executor()};
  ReadyQueue ready;
  TimerQueue timers;
  boost::asio::posix::stream_descriptor timer{context};
  Instant timer_set = kNever;
  bool continuation_posted = false;
  std::mutex finished_mutex;
  Link finished_nodes;  // ring of WorkNodes; guarded by finished_mutex
  std::atomic<bool> stopping{false};
  std::optional<WorkerPool> pool;  // last: their threads end first
  std::optional<WorkerPool> disk;
};

}  // namespace farshore::platform
