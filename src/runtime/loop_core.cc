// SPDX-License-Identifier: Apache-2.0
#include "runtime/loop_core.h"

namespace farshore {

void TimerNode::disarm() {
  if (queue_ != nullptr) queue_->disarm(*this);
}

TimerQueue::~TimerQueue() {
  for (const Entry& entry : timers_) entry.node->queue_ = nullptr;
}

void TimerQueue::arm(TimerNode& node, Instant when) {
  node.disarm();
  node.queue_ = this;
  node.when_ = when;
  node.serial_ = next_serial_++;
  timers_.insert(Entry{when, node.serial_, &node});
}

void TimerQueue::disarm(TimerNode& node) {
  timers_.erase(Entry{node.when_, node.serial_, &node});
  node.queue_ = nullptr;
}

std::optional<Instant> TimerQueue::earliest() const {
  if (timers_.empty()) return std::nullopt;
  return timers_.begin()->when;
}

std::size_t TimerQueue::fire_due(Instant now) {
  std::size_t fired = 0;
  while (!timers_.empty() && timers_.begin()->when <= now) {
    TimerNode* node = timers_.begin()->node;
    disarm(*node);
    node->on_time();
    ++fired;
  }
  return fired;
}

ReadyQueue::~ReadyQueue() {
  while (head_.linked()) head_.next()->unlink();
}

bool ReadyQueue::run_one() {
  if (empty()) return false;
  auto* node = static_cast<ReadyNode*>(head_.next());
  node->unlink();
  node->handle.resume();
  return true;
}

}  // namespace farshore
