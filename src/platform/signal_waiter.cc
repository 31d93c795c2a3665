// SPDX-License-Identifier: Apache-2.0
#include "platform/signal_waiter.h"

#include <csignal>
#include <deque>

#include <boost/asio/signal_set.hpp>

#include "platform/event_loop_impl.h"

namespace farshore::platform {

struct SignalWaiter::Impl : std::enable_shared_from_this<Impl> {
  explicit Impl(EventLoop& owner) : loop(owner), signals(owner.impl().context, SIGTERM, SIGINT, SIGHUP), came(owner) {}
  void listen() {
    signals.async_wait([self = shared_from_this()](const boost::system::error_code& failure, int number) {
      if (failure) return;
      self->numbers.push_back(number);
      self->came.notify_one();
      self->listen();
      self->loop.impl().after_event();
    });
  }
  EventLoop& loop;
  boost::asio::signal_set signals;
  Signal came;
  std::deque<int> numbers;
};

SignalWaiter::SignalWaiter(EventLoop& loop) : impl_(std::make_shared<Impl>(loop)) {
  std::signal(SIGPIPE, SIG_IGN);
  impl_->listen();
}

SignalWaiter::~SignalWaiter() {
  boost::system::error_code failure;
  impl_->signals.cancel(failure);
}

Task<Result<int>> SignalWaiter::next(OpContext op) {
  const auto impl = impl_;
  while (impl->numbers.empty()) CO_TRY_OK(woken_result(co_await impl->came.wait(op)));
  const int number = impl->numbers.front();
  impl->numbers.pop_front();
  co_return number;
}

}  // namespace farshore::platform
