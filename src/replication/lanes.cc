// SPDX-License-Identifier: Apache-2.0
#include "replication/lanes.h"

namespace farshore::replication {

Lanes::Lanes(Executor& executor, std::size_t items_max, Carry carry)
    : executor_(executor), carry_(std::move(carry)), room_(executor, items_max), emptied_(executor), scope_(executor) {}

Task<Result<void>> Lanes::add(OpContext op, LaneItem item) {
  if (!room_.try_acquire(1)) {
    CO_TRY(const std::size_t slot, co_await room_.acquire(std::move(op), 1));
    static_cast<void>(slot);
  }
  ++items_;
  std::string key = item.change.key.get();
  auto& lane = lanes_[key];
  lane.push_back(std::move(item));
  if (lane.size() == 1) scope_.spawn(run_lane(std::move(key)));
  co_return Result<void>();
}

Task<void> Lanes::run_lane(std::string key) {
  std::list<LaneItem>& lane = lanes_.find(key)->second;
  while (!lane.empty()) {
    // What is left of it keeps its place, so that nobody starts the lane a second time.
    co_await carry_(std::move(lane.front()));
    lane.pop_front();
    --items_;
    room_.release(1);
  }
  lanes_.erase(key);
  if (lanes_.empty()) emptied_.notify_all();
}

Task<Result<void>> Lanes::wait_empty(OpContext op) {
  while (!lanes_.empty()) CO_TRY_OK(woken_result(co_await emptied_.wait(op)));
  co_return Result<void>();
}

Task<void> Lanes::close() { co_await scope_.close(); }

}  // namespace farshore::replication
