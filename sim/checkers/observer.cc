// SPDX-License-Identifier: Apache-2.0
#include "sim/checkers/observer.h"

#include <algorithm>

#include "sim/checkers/stacks.h"

namespace farshore::sim {

Observer::Observer(World& world, SimBucket bucket, const History& source_history, Duration pause)
    : Observer(world, std::move(bucket), std::vector<const History*>{&source_history}, pause) {}

Observer::Observer(World& world, SimBucket bucket, std::vector<const History*> histories, Duration pause)
    : world_(world), bucket_(std::move(bucket)), histories_(std::move(histories)), pause_(pause) {
  world_.on_up([this](std::size_t region) {
    if (region == bucket_.region && started_) spawn();
  });
}

void Observer::start() {
  started_ = true;
  if (world_.region(bucket_.region).up()) spawn();
}

void Observer::spawn() { world_.region(bucket_.region).requests().spawn(watch()); }

Task<void> Observer::watch() {
  const auto bucket = co_await world_.open(bucket_);
  if (!bucket) co_return;
  while (!stopped_) {
    std::set<std::string> keys;
    for (const History* history : histories_) {
      for (const auto& [key, ops] : history->by_key()) keys.insert(key);
    }
    for (const std::string& key : keys) {
      auto now = co_await objects::find_any(OpContext(), *bucket, objects::ObjectRef{ObjectKey(key), {}});
      if (now) see(key, *now);
    }
    co_await sleep_for(world_.loop(), OpContext(), pause_);
  }
}

void Observer::see(const std::string& key, const std::optional<Version>& now) {
  ++looks_;
  // Deleting the newest version for good shows the one before it, at the source as here.
  for (const History* history : histories_) {
    const auto ops = history->by_key().find(key);
    if (ops != history->by_key().end() && bucket_.versioned &&
        std::any_of(ops->second.begin(), ops->second.end(), [](const ClientOp* op) { return op->kind == OpKind::kRemoveVersion; })) {
      seen_.erase(key);
      return;
    }
  }
  Seen& seen = seen_[key];
  if (!now || now->kind == VersionKind::kVoid) {
    if (bucket_.versioned && seen.order != Order{}) world_.violate(fmt::format("{}: {} was there and is gone", bucket_.name.get(), key));
    seen.ended = true;
    return;
  }
  const bool gone_between = std::exchange(seen.ended, false);
  if (now->order < seen.order) world_.violate(fmt::format("{}: {} went back to {}", bucket_.name.get(), key, describe(*now)));
  seen.order = now->order;
  if (!now->origin) return;
  Order& newest = seen.newest[now->origin->bucket];
  if (now->origin->order < newest) world_.violate(fmt::format("{}: {} went back to an older change of its source: {}", bucket_.name.get(), key, describe(*now)));
  if (gone_between && !shared_ && newest != Order{} && now->origin->order == newest) world_.violate(fmt::format("{}: {} came back after its deletion: {}", bucket_.name.get(), key, describe(*now)));
  newest = std::max(newest, now->origin->order);
}

}  // namespace farshore::sim
