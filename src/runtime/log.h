// SPDX-License-Identifier: Apache-2.0
// Log: one event name plus fields; never a secret, never an object's bytes.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace farshore {

enum class LogLevel : unsigned char { kDebug, kInfo, kWarn, kError };

/// A named value. Text is copied; numbers are formatted.
struct LogField {
  std::string_view name;
  std::string value;
  LogField(std::string_view field, std::string_view text) : name(field), value(text) {}
  LogField(std::string_view field, const std::string& text) : name(field), value(text) {}
  LogField(std::string_view field, const char* text) : name(field), value(text) {}
  template <class Number>
    requires std::is_arithmetic_v<Number>
  LogField(std::string_view field, Number number) : name(field), value(fmt::format("{}", number)) {}
};

/// Port. error: a person must act; warn: the system will; info: state changes; debug: the rest. Threads: any.
class Log {
 public:
  virtual ~Log() = default;
  virtual bool enabled(LogLevel level) const = 0;
  virtual void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) = 0;
  void error(std::string_view event, std::initializer_list<LogField> fields) { write(LogLevel::kError, event, fields); }
  void warn(std::string_view event, std::initializer_list<LogField> fields) { write(LogLevel::kWarn, event, fields); }
  void info(std::string_view event, std::initializer_list<LogField> fields) { write(LogLevel::kInfo, event, fields); }
};

}  // namespace farshore
