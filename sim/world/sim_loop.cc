// SPDX-License-Identifier: Apache-2.0
#include "sim/world/sim_loop.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace farshore::sim {

std::uint64_t SimRandom::next() {
  std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

void SimRandom::fill(std::span<char> into) {
  while (!into.empty()) {
    const std::uint64_t word = next();
    const std::size_t count = into.size() < sizeof word ? into.size() : sizeof word;
    std::memcpy(into.data(), &word, count);
    into = into.subspan(count);
  }
}

/// Work under way: forgets itself if its coroutine is destroyed first.
struct SimLoop::PendingWork : TimerNode {
  PendingWork(SimLoop& owner, WorkNode& target) : loop(owner), node(&target) { target.append_to(presence); }
  void on_time() override {
    // The node still sits in our ring unless its frame was destroyed meanwhile.
    if (presence.linked()) {
      node->unlink();
      node->run();
      loop.post(*node);
    }
    done = true;
  }
  SimLoop& loop;
  WorkNode* node;
  Link presence;
  bool done = false;
};

SimLoop::SimLoop(std::uint64_t seed) : random_(seed) {}
SimLoop::~SimLoop() = default;

void SimLoop::offload(WorkNode& node, WorkerClass worker) {
  std::erase_if(works_, [](const auto& work) { return work->done; });
  const auto span = static_cast<std::uint64_t>(work_delay_max.count());
  Instant at = now_ + Duration(static_cast<std::int64_t>(span == 0 ? 0 : random_.below(span)));
  if (work_stall_max > Duration() && worker == WorkerClass::kPool && random_.below(16) == 0) {
    at += Duration(static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(work_stall_max.count()))));
  }
  if (worker == WorkerClass::kDisk) {
    if (at < disk_free_at_) at = disk_free_at_;
    disk_free_at_ = at;
  }
  works_.push_back(std::make_unique<PendingWork>(*this, node));
  timers_.arm(*works_.back(), at);
}

bool SimLoop::step(Instant limit) {
  ++steps_;
  if (ready_.run_one()) return true;
  const auto next = timers_.earliest();
  if (!next || *next > limit) return false;
  if (*next > now_) now_ = *next;
  timers_.fire_due(now_);
  return true;
}

bool SimLoop::run_until(Instant until) {
  while (step(until)) {
  }
  if (now_ < until && until != kNever) now_ = until;
  return timers_.size() > 0;
}

bool SimLoop::run_until(const std::function<bool()>& done) {
  while (!done()) {
    if (!step(kNever)) return done();
  }
  return true;
}

WallTime SimClock::now() const {
  constexpr std::int64_t kStartOfWorldMicros = 1767225600000000;  // 2026-01-01T00:00:00Z
  const auto elapsed = std::chrono::duration_cast<std::chrono::microseconds>(loop_.now().time_since_epoch() + skew).count();
  return WallTime{kStartOfWorldMicros + elapsed};
}

void SimLog::write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (!enabled(level)) return;
  std::string line(event);
  for (const LogField& field : fields) line += fmt::format(" {}={}", field.name, field.value);
  static const bool print = std::getenv("FARSHORE_SIM_LOG") != nullptr;
  if (print) std::fprintf(stderr, "%s\n", line.c_str());
  if (lines.size() >= 2000) lines.erase(lines.begin(), lines.begin() + 1000);
  lines.push_back(std::move(line));
}

SimMetrics::Cell& SimMetrics::cell(std::string_view name, const MetricLabels& labels) {
  auto& slot = cells_[{std::string(name), labels}];
  if (!slot) slot = std::make_unique<Cell>();
  return *slot;
}
Counter& SimMetrics::counter(std::string_view name, std::string_view, const MetricLabels& labels) { return cell(name, labels); }
Gauge& SimMetrics::gauge(std::string_view name, std::string_view, const MetricLabels& labels) { return cell(name, labels); }
Histogram& SimMetrics::histogram(std::string_view name, std::string_view, const std::vector<double>&, const MetricLabels& labels) {
  return cell(name, labels);
}
double SimMetrics::value(std::string_view name, const MetricLabels& labels) const {
  const auto found = cells_.find({std::string(name), labels});
  return found == cells_.end() ? 0 : found->second->total;
}

}  // namespace farshore::sim
