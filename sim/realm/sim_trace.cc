// SPDX-License-Identifier: Apache-2.0
#include "sim/realm/sim_trace.h"

#include <cstdio>
#include <cstdlib>

namespace farshore::sim {

void SimTrace::line(std::string_view who, std::string_view text) {
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(loop_.now().time_since_epoch()).count();
  std::string full = fmt::format("{:>12.6f} {:<12} {}", static_cast<double>(micros) / 1e6, who, text);
  for (const char c : full) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3u;  // FNV-1a
  static const bool print = std::getenv("FARSHORE_SIM_LOG") != nullptr;
  if (print) std::fprintf(stderr, "%s\n", full.c_str());
  if (tail_.size() >= kTailLines) tail_.pop_front();
  tail_.push_back(std::move(full));
}

void SimTrace::count(std::string_view event) {
  const auto found = events_.find(event);
  if (found != events_.end()) {
    ++found->second;
  } else {
    events_.emplace(std::string(event), 1);
  }
}

void TraceLog::write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (!enabled(level)) return;
  trace_.count(event);
  std::string text(event);
  for (const LogField& field : fields) {
    if (field.name == "reason") trace_.count(fmt::format("{}={}", event, field.value));
    text += fmt::format(" {}={}", field.name, field.value);
  }
  trace_.line(who_, text);
}

}  // namespace farshore::sim
