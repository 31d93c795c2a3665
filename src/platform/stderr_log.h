// SPDX-License-Identifier: Apache-2.0
// StderrLog: log lines as logfmt on standard error, one write each.
#pragma once

#include <atomic>

#include "runtime/log.h"

namespace farshore::platform {

/// `time=2024-01-02T03:04:05.678Z level=info event=server.ready port=80`; values with blanks, quotes, '=' or control
/// characters are quoted and escaped. Threads: any.
class StderrLog : public Log {
 public:
  explicit StderrLog(LogLevel threshold = LogLevel::kInfo, int descriptor = 2) : threshold_(threshold), descriptor_(descriptor) {}
  bool enabled(LogLevel level) const override { return level >= threshold_.load(std::memory_order_relaxed); }
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) override;
  void set_threshold(LogLevel threshold) { threshold_ = threshold; }

 private:
  std::atomic<LogLevel> threshold_;
  int descriptor_;
};

}  // namespace farshore::platform
