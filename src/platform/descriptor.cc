// SPDX-License-Identifier: Apache-2.0
#include "platform/descriptor.h"

#include <unistd.h>

#include "platform/event_loop_impl.h"

namespace farshore::platform {

namespace {
using AsioDescriptor = boost::asio::posix::stream_descriptor;

struct Side {
  explicit Side(Executor& executor) : signal(executor) {}
  Signal signal;
  bool asked = false;  // Asio has a handler for it; a wait that ended early leaves it there for the next one
};
}  // namespace

struct Descriptor::Waits : std::enable_shared_from_this<Waits> {
  Waits(EventLoop& owner, int number) : loop(owner), descriptor(owner.impl().context), readable(owner), writable(owner) {
    boost::system::error_code failure;
    descriptor.assign(number, failure);
  }
  void ask(Side& side, AsioDescriptor::wait_type type) {
    if (side.asked) return;
    side.asked = true;
    descriptor.async_wait(type, [self = shared_from_this(), &side](const boost::system::error_code&) {
      side.asked = false;
      side.signal.notify_all();
      self->loop.impl().after_event();
    });
  }
  EventLoop& loop;
  AsioDescriptor descriptor;
  Side readable;
  Side writable;
};

Descriptor::Descriptor(EventLoop& loop, int descriptor) : waits_(std::make_shared<Waits>(loop, descriptor)), descriptor_(descriptor) {
  if (waits_->descriptor.is_open()) return;
  // The kernel has no room for another watch: to the owner this looks like a connection that is already closed.
  ::close(descriptor);
  descriptor_ = -1;
}
Descriptor::~Descriptor() { close(); }

Task<Result<void>> Descriptor::wait_readable(OpContext op) {
  const auto waits = waits_;
  if (descriptor_ < 0) co_return Error(ErrorCode::kConnectionClosed, "the connection was closed here");
  waits->ask(waits->readable, AsioDescriptor::wait_read);
  const Woken woken = co_await waits->readable.signal.wait(op);
  if (!waits->descriptor.is_open()) co_return Error(ErrorCode::kConnectionClosed, "the connection was closed here");
  co_return woken_result(woken);
}

Task<Result<void>> Descriptor::wait_writable(OpContext op) {
  const auto waits = waits_;
  if (descriptor_ < 0) co_return Error(ErrorCode::kConnectionClosed, "the connection was closed here");
  waits->ask(waits->writable, AsioDescriptor::wait_write);
  const Woken woken = co_await waits->writable.signal.wait(op);
  if (!waits->descriptor.is_open()) co_return Error(ErrorCode::kConnectionClosed, "the connection was closed here");
  co_return woken_result(woken);
}

void Descriptor::close() {
  if (descriptor_ < 0) return;
  descriptor_ = -1;
  boost::system::error_code failure;
  waits_->descriptor.close(failure);
  waits_->readable.signal.notify_all();
  waits_->writable.signal.notify_all();
}

}  // namespace farshore::platform
