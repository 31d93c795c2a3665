// SPDX-License-Identifier: Apache-2.0
// SimLoop: the deterministic executor, clock, random source, log and metrics behind tests and the simulator.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/loop_core.h"
#include "runtime/runtime.h"
#include "runtime/task_scope.h"

namespace farshore::sim {

/// A seed's sequence (splitmix64). The same seed gives the same bytes on every machine.
class SimRandom : public Random {
 public:
  explicit SimRandom(std::uint64_t seed) : state_(seed) {}
  void fill(std::span<char> into) override;

 private:
  std::uint64_t next();
  std::uint64_t state_;
};

/// Virtual time: nothing waits; when nobody is ready, time jumps to the next timer.
class SimLoop : public Executor {
 public:
  explicit SimLoop(std::uint64_t seed = 1);
  ~SimLoop() override;
  Instant now() const override { return now_; }
  void post(ReadyNode& node) override { ready_.push(node); }
  void arm(TimerNode& node, Instant when) override { timers_.arm(node, when); }
  /// Runs the work on the loop after a random virtual delay of up to `work_delay_max`.
  void offload(WorkNode& node, WorkerClass worker) override;

  /// Runs until nothing is ready and no timer is armed before `until`. True if something is still armed later.
  bool run_until(Instant until);
  /// Runs ready work and due timers until `done` holds or nothing is left. Returns done().
  bool run_until(const std::function<bool()>& done);
  void run_until_idle() { run_until([] { return false; }); }

  SimRandom& random() { return random_; }
  std::uint64_t steps() const { return steps_; }
  Duration work_delay_max = std::chrono::microseconds(200);
  Duration work_stall_max{};  ///< one job of the pool in sixteen takes up to this long; disks are served in turn and do not stall

 private:
  struct PendingWork;
  bool step(Instant limit);
  Instant now_{};
  std::uint64_t steps_ = 0;
  SimRandom random_;
  ReadyQueue ready_;
  TimerQueue timers_;
  Instant disk_free_at_{};
  std::vector<std::unique_ptr<PendingWork>> works_;
};

/// Wall clock of one node: virtual time plus a skew that a scenario may change.
class SimClock : public Clock {
 public:
  explicit SimClock(const SimLoop& loop) : loop_(loop) {}
  WallTime now() const override;
  Duration skew{};

 private:
  const SimLoop& loop_;
};

/// Keeps the last lines for a failure's report; prints when FARSHORE_SIM_LOG asks.
class SimLog : public Log {
 public:
  bool enabled(LogLevel level) const override { return level >= threshold; }
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) override;
  LogLevel threshold = LogLevel::kInfo;
  std::vector<std::string> lines;
};

class SimMetrics : public Metrics {
 public:
  Counter& counter(std::string_view name, std::string_view, const MetricLabels& labels) override;
  Gauge& gauge(std::string_view name, std::string_view, const MetricLabels& labels) override;
  Histogram& histogram(std::string_view name, std::string_view, const std::vector<double>&, const MetricLabels& labels) override;
  /// The value of a counter or gauge, 0 if it was never made.
  double value(std::string_view name, const MetricLabels& labels = {}) const;

 private:
  struct Cell : Counter, Gauge, Histogram {
    double total = 0;
    void add(double amount) override { total += amount; }
    void set(double value) override { total = value; }
    void observe(double value) override { total += value; }
  };
  Cell& cell(std::string_view name, const MetricLabels& labels);
  std::map<std::pair<std::string, MetricLabels>, std::unique_ptr<Cell>> cells_;
};

/// A loop with one node's clock, log and metrics: all that a unit test needs.
struct SimNode {
  explicit SimNode(SimLoop& loop) : clock(loop), runtime{loop, clock, loop.random(), log, metrics} {}
  SimClock clock;
  SimLog log;
  SimMetrics metrics;
  Runtime runtime;
};

/// Runs a task to its end on the loop and gives its value; the test fails by FS_CHECK if it never ends.
template <class T>
T run(SimLoop& loop, Task<T> task) {
  std::optional<T> value;
  TaskScope scope(loop);
  struct Runner {
    static Task<void> run(Task<T> inner, std::optional<T>* out) { out->emplace(co_await inner); }
  };
  scope.spawn(Runner::run(std::move(task), &value));
  loop.run_until([&] { return scope.size() == 0; });
  FS_CHECK(value.has_value());
  return std::move(*value);
}
inline void run(SimLoop& loop, Task<void> task) {
  TaskScope scope(loop);
  scope.spawn(std::move(task));
  loop.run_until([&] { return scope.size() == 0; });
  FS_CHECK(scope.size() == 0);
}

}  // namespace farshore::sim
