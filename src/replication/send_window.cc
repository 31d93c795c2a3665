// SPDX-License-Identifier: Apache-2.0
#include "replication/send_window.h"

#include <algorithm>

namespace farshore::replication {
namespace {

constexpr std::size_t kReserve = 256;
constexpr double kHeadroom = 1.5;
/// The rate is taken over at least this long.
constexpr Duration kPeriodMin = std::chrono::milliseconds(10);

}  // namespace

SendWindow::SendWindow(Executor& executor, std::size_t most) : executor_(executor), most_(std::max<std::size_t>(most, 1)), size_(std::min(most_, kReserve)), left_(executor) {}

bool SendWindow::try_enter() {
  if (under_way_ >= size_ || left_.has_waiters()) return false;
  ++under_way_;
  return true;
}

Task<Result<void>> SendWindow::enter(OpContext op) {
  if (try_enter()) co_return Result<void>();
  do {
    CO_TRY_OK(woken_result(co_await left_.wait(op)));
  } while (under_way_ >= size_);
  ++under_way_;
  co_return Result<void>();
}

void SendWindow::leave() {
  --under_way_;
  if (under_way_ < size_) left_.notify_one();
}

void SendWindow::acknowledged(Duration took) {
  const Instant now = executor_.now();
  took = std::max(took, Duration(1));
  if (shortest_ == Duration() || took < shortest_) shortest_ = took;
  if (!period_began_) period_began_ = now - took;
  ++acknowledged_;
  const Duration period = now - *period_began_;
  if (period < std::max(kPeriodMin, shortest_)) return;
  const double rate = static_cast<double>(acknowledged_) / static_cast<double>(period.count());
  const auto held = static_cast<std::size_t>(kHeadroom * rate * static_cast<double>(shortest_.count()));
  const std::size_t before = size_;
  size_ = std::min(most_, kReserve + held);
  acknowledged_ = 0;
  period_began_ = now;
  for (std::size_t i = before; i < size_; ++i) left_.notify_one();
}

void SendWindow::restart() {
  shortest_ = {};
  acknowledged_ = 0;
  period_began_.reset();
}

}  // namespace farshore::replication
