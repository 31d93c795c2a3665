// SPDX-License-Identifier: Apache-2.0
#include "replication/stall_gate.h"

#include <algorithm>

namespace farshore::replication {
namespace {
constexpr Duration kBackoffMin = std::chrono::milliseconds(100);
/// A right given back at the destination is noticed by the next probe, for nothing tells the source of it.
constexpr Duration kBackoffMax = std::chrono::seconds(3);
}  // namespace

Task<Result<void>> StallGate::pass(OpContext op) {
  while (stall_) {
    if (!probing_ && runtime_.executor.now() >= next_probe_) {
      probing_ = true;
      co_return Result<void>();
    }
    const Woken woken = co_await changed_.wait(op, probing_ ? kNever : next_probe_);
    if (woken == Woken::kCancelled) co_return woken_result(woken);
    if (woken == Woken::kDeadline && op.deadline != kNever && runtime_.executor.now() >= op.deadline) co_return woken_result(woken);
  }
  co_return Result<void>();
}

bool StallGate::fail(Reason reason, std::string detail) {
  const bool began = !stall_;
  if (began) {
    // A stall right behind another one is the same trouble: what opens and fails at once must not spin.
    const bool again = backoff_ > Duration() && runtime_.executor.now() - ended_ < kBackoffMax;
    backoff_ = again ? std::min(backoff_ * 2, kBackoffMax) : kBackoffMin;
    stall_ = Stall{reason, std::move(detail), runtime_.clock.now().millis()};
  } else {
    if (!probing_) return false;  // others that were under way when it began
    backoff_ = std::min(backoff_ * 2, kBackoffMax);
    stall_->reason = reason;
    stall_->detail = std::move(detail);
  }
  probing_ = false;
  // Jitter, so that the rules of a region do not knock together.
  const auto half = static_cast<std::uint64_t>(backoff_.count() / 2);
  next_probe_ = runtime_.executor.now() + Duration(static_cast<std::int64_t>(half + runtime_.random.below(half)));
  changed_.notify_all();
  return began;
}

bool StallGate::succeed() {
  if (!stall_) return false;
  stall_.reset();
  ended_ = runtime_.executor.now();
  probing_ = false;
  changed_.notify_all();
  return true;
}

void StallGate::pass_on() {
  if (!stall_ || !probing_) return;
  probing_ = false;
  changed_.notify_all();
}

void StallGate::nudge() {
  if (!stall_) return;
  backoff_ = kBackoffMin;
  next_probe_ = runtime_.executor.now();
  changed_.notify_all();
}

}  // namespace farshore::replication
