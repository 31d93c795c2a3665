// SPDX-License-Identifier: Apache-2.0
#include "platform/stderr_log.h"

#include <array>
#include <ctime>
#include <iterator>

#include <fmt/format.h>
#include <unistd.h>

namespace farshore::platform {

namespace {

constexpr std::array<std::string_view, 4> kLevels{"debug", "info", "warn", "error"};

void append_time(std::string& line) {
  timespec at{};
  clock_gettime(CLOCK_REALTIME, &at);
  tm parts{};
  gmtime_r(&at.tv_sec, &parts);
  fmt::format_to(std::back_inserter(line), "time={:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday,
                 parts.tm_hour, parts.tm_min, parts.tm_sec, at.tv_nsec / 1000000);
}

bool plain(std::string_view value) {
  if (value.empty()) return false;
  for (const char c : value) {
    if (static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f) return false;
  }
  return true;
}

void append_value(std::string& line, std::string_view value) {
  if (plain(value)) {
    line += value;
    return;
  }
  line += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') {
      line += '\\';
      line += c;
    } else if (c == '\n') {
      line += "\\n";
    } else if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) {
      fmt::format_to(std::back_inserter(line), "\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      line += c;
    }
  }
  line += '"';
}

}  // namespace

void StderrLog::write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (!enabled(level)) return;
  std::string line;
  append_time(line);
  line.append(" level=").append(kLevels[static_cast<std::size_t>(level)]).append(" event=").append(event);
  for (const LogField& field : fields) {
    line.append(" ").append(field.name).append("=");
    append_value(line, field.value);
  }
  line += '\n';
  // One write, so that lines of several threads do not mix; a log that cannot be written has nobody to tell.
  [[maybe_unused]] const auto written = ::write(descriptor_, line.data(), line.size());
}

}  // namespace farshore::platform
