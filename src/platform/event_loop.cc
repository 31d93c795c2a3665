// SPDX-License-Identifier: Apache-2.0
#include "platform/event_loop.h"

#include <algorithm>
#include <ctime>
#include <utility>

#include <sys/timerfd.h>
#include <unistd.h>

#include <boost/asio/post.hpp>

#include "base/check.h"
#include "platform/event_loop_impl.h"

namespace farshore::platform {

namespace asio = boost::asio;

namespace {
// Coroutines that never run dry may hold the loop this long before sockets get their turn; the clock is read once per batch.
constexpr Duration kTurnMax = std::chrono::milliseconds(1);
constexpr int kResumptionsPerBatch = 64;

Instant monotonic_now() {
  timespec at{};
  clock_gettime(CLOCK_MONOTONIC, &at);
  return Instant(std::chrono::seconds(at.tv_sec) + std::chrono::nanoseconds(at.tv_nsec));
}
}  // namespace

EventLoop::Impl::Impl(const EventLoopSettings& settings) {
  const int descriptor = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
  FS_CHECK(descriptor >= 0);
  timer.assign(descriptor);
  const auto done = [](void* self, WorkNode& node) { static_cast<Impl*>(self)->finished(node); };
  pool.emplace(settings.pool_threads, "pool", done, this);
  disk.emplace(1, "disk", done, this);
  wait_timer();
}

void EventLoop::Impl::wait_timer() {
  timer.async_wait(asio::posix::stream_descriptor::wait_read, [this](const boost::system::error_code& failure) {
    if (failure) return;
    std::uint64_t expirations = 0;
    [[maybe_unused]] const auto size = ::read(timer.native_handle(), &expirations, sizeof expirations);
    timer_set = kNever;
    wait_timer();
    after_event();
  });
}

void EventLoop::Impl::settle_timer() {
  const auto earliest = timers.earliest();
  if (!earliest || *earliest >= timer_set) return;  // invariant 2: early is allowed
  const auto since = std::max(earliest->time_since_epoch(), Duration(1));
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since);
  itimerspec at{};
  at.it_value.tv_sec = seconds.count();
  at.it_value.tv_nsec = (since - seconds).count();
  timerfd_settime(timer.native_handle(), TFD_TIMER_ABSTIME, &at, nullptr);
  timer_set = *earliest;
}

void EventLoop::Impl::after_event() {
  Instant began = kNever;
  while (true) {
    for (int left = kResumptionsPerBatch; left > 0 && ready.run_one();) --left;
    if (ready.empty() && timers.size() == 0) break;
    const Instant now = monotonic_now();
    timers.fire_due(now);
    if (ready.empty()) break;
    if (began == kNever) {
      began = now;
    } else if (now - began > kTurnMax) {
      if (!std::exchange(continuation_posted, true)) {
        asio::post(context, [this] {
          continuation_posted = false;
          after_event();
        });
      }
      break;
    }
  }
  settle_timer();
}

void EventLoop::Impl::finished(WorkNode& node) {
  bool first = false;
  {
    const std::lock_guard lock(finished_mutex);
    first = !finished_nodes.linked();
    node.append_to(finished_nodes);
  }
  // One wake-up for all that finish before the loop looks.
  if (first) asio::post(context, [this] { take_finished(); });
}

void EventLoop::Impl::take_finished() {
  {
    const std::lock_guard lock(finished_mutex);
    while (finished_nodes.linked()) {
      auto* node = static_cast<WorkNode*>(finished_nodes.next());
      node->unlink();
      ready.push(*node);
    }
  }
  after_event();
}

EventLoop::EventLoop(EventLoopSettings settings) : impl_(std::make_unique<Impl>(settings)) {}
EventLoop::~EventLoop() = default;

Instant EventLoop::now() const { return monotonic_now(); }
void EventLoop::post(ReadyNode& node) { impl_->ready.push(node); }
void EventLoop::arm(TimerNode& node, Instant when) { impl_->timers.arm(node, when); }
void EventLoop::offload(WorkNode& node, WorkerClass worker) {
  (worker == WorkerClass::kDisk ? impl_->disk : impl_->pool)->submit(node);
}

void EventLoop::run() {
  impl_->context.restart();
  impl_->after_event();
  if (!impl_->stopping) impl_->context.run();
  impl_->stopping = false;
}

void EventLoop::run_until(const std::function<bool()>& done) {
  impl_->context.restart();
  impl_->after_event();
  while (!done() && !impl_->stopping) {
    impl_->context.run_one();
    impl_->after_event();
  }
  impl_->stopping = false;
}

void EventLoop::stop() {
  impl_->stopping = true;
  impl_->context.stop();
}

void EventLoop::post_external(std::function<void()> function) {
  asio::post(impl_->context, [this, work = std::move(function)] {
    work();
    impl_->after_event();
  });
}

}  // namespace farshore::platform
