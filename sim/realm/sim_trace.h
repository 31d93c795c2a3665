// SPDX-License-Identifier: Apache-2.0
// SimTrace: what happened in a simulated world, as lines for people and as a hash for the determinism test.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

#include "runtime/log.h"
#include "sim/world/sim_loop.h"

namespace farshore::sim {

/// One per world. Every line goes into the hash with its virtual time; the last ones are kept for a failure's report.
/// FARSHORE_SIM_LOG=1 prints all of them.
class SimTrace {
 public:
  explicit SimTrace(const SimLoop& loop) : loop_(loop) {}
  void line(std::string_view who, std::string_view text);
  std::uint64_t hash() const { return hash_; }
  const std::deque<std::string>& tail() const { return tail_; }

  /// How often the product wrote an event to a log: by its name, and by "name=reason" where it gives one. Rare branches are
  /// known by their events (sim/marks).
  using Events = std::map<std::string, std::uint64_t, std::less<>>;
  const Events& events() const { return events_; }
  void count(std::string_view event);

 private:
  Events events_;
  static constexpr std::size_t kTailLines = 400;
  const SimLoop& loop_;
  std::uint64_t hash_ = 0xcbf29ce484222325u;
  std::deque<std::string> tail_;
};

/// A region's log: into the world's trace, under the region's name.
class TraceLog : public Log {
 public:
  TraceLog(SimTrace& trace, std::string who) : trace_(trace), who_(std::move(who)) {}
  bool enabled(LogLevel) const override { return true; }
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) override;

 private:
  SimTrace& trace_;
  std::string who_;
};

}  // namespace farshore::sim
