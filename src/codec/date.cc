// SPDX-License-Identifier: Apache-2.0
#include "codec/date.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "codec/text.h"

namespace farshore::codec {
namespace {

constexpr std::array<std::string_view, 7> kWeekdays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr UnixMillis kYear0 = -62167219200000;       // 0000-01-01T00:00:00.000Z
constexpr UnixMillis kYear9999End = 253402300799999;  // 9999-12-31T23:59:59.999Z

struct Fields {
  int year = 0;
  unsigned month = 0;  // 1 to 12
  unsigned day = 0;
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
  unsigned millisecond = 0;
  unsigned weekday = 0;  // 0 is Sunday; not read when parsing
};

Fields fields_of(UnixMillis at) {
  using namespace std::chrono;
  const sys_time<milliseconds> instant{milliseconds(std::clamp(at, kYear0, kYear9999End))};
  const sys_days midnight = floor<days>(instant);
  const year_month_day date(midnight);
  const auto in_day = static_cast<unsigned>((instant - midnight).count());
  return {.year = int(date.year()),
          .month = unsigned(date.month()),
          .day = unsigned(date.day()),
          .hour = in_day / 3600000,
          .minute = in_day / 60000 % 60,
          .second = in_day / 1000 % 60,
          .millisecond = in_day % 1000,
          .weekday = weekday(midnight).c_encoding()};
}

// What is read can be written: a leap second or an offset may lead out of the years 0000 to 9999.
std::optional<UnixMillis> in_range(UnixMillis at) {
  if (at < kYear0 || at > kYear9999End) return std::nullopt;
  return at;
}

std::optional<UnixMillis> instant_of(const Fields& fields) {
  using namespace std::chrono;
  const year_month_day date{year(fields.year), month(fields.month), day(fields.day)};
  if (!date.ok() || fields.hour > 23 || fields.minute > 59 || fields.second > 60) return std::nullopt;
  const auto whole = sys_days(date).time_since_epoch() + hours(fields.hour) + minutes(fields.minute) +
                     seconds(fields.second) + milliseconds(fields.millisecond);
  return in_range(duration_cast<milliseconds>(whole).count());
}

// Takes text apart from the left; once something does not fit, everything after fails too.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  unsigned digits(std::size_t count) {
    const auto number = rest_.size() < count ? std::nullopt : parse_decimal<unsigned>(rest_.substr(0, count));
    if (!number) {
      ok_ = false;
      return 0;
    }
    rest_.remove_prefix(count);
    return *number;
  }
  void literal(std::string_view expected) {
    if (!take(expected)) ok_ = false;
  }
  bool take(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }
  template <std::size_t N>
  unsigned one_of(const std::array<std::string_view, N>& names) {
    for (unsigned i = 0; i < N; ++i) {
      if (take(names[i])) return i;
    }
    ok_ = false;
    return 0;
  }
  // A fraction of a second, without its point: at least one digit; those beyond the third are dropped.
  unsigned fraction_millis() {
    unsigned millis = 0;
    unsigned scale = 100;
    std::size_t count = 0;
    for (; count < rest_.size() && rest_[count] >= '0' && rest_[count] <= '9'; ++count) {
      millis += static_cast<unsigned>(rest_[count] - '0') * scale;
      scale /= 10;
    }
    if (count == 0) ok_ = false;
    rest_.remove_prefix(count);
    return millis;
  }
  bool ok() const { return ok_; }
  bool finished() const { return ok_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

/// A date put together digit by digit: a listing has a thousand, and a format string costs 0.15 us each.
class Digits {
 public:
  explicit Digits(std::string_view begin = {}) : text_(begin) { text_.reserve(32); }
  Digits& add(unsigned value, std::size_t width) {
    text_.append(width, '0');
    for (std::size_t i = 1; i <= width; ++i, value /= 10) text_[text_.size() - i] = static_cast<char>('0' + value % 10);
    return *this;
  }
  Digits& add(std::string_view text) {
    text_ += text;
    return *this;
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

}  // namespace

std::string format_rfc1123(UnixMillis at) {
  const Fields f = fields_of(at);
  return Digits(kWeekdays[f.weekday])
      .add(", ").add(f.day, 2).add(" ").add(kMonths[f.month - 1]).add(" ").add(static_cast<unsigned>(f.year), 4)
      .add(" ").add(f.hour, 2).add(":").add(f.minute, 2).add(":").add(f.second, 2).add(" GMT").take();
}

std::string format_iso_basic(UnixMillis at) {
  const Fields f = fields_of(at);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", f.year, f.month, f.day, f.hour, f.minute, f.second);
}

std::string format_iso_seconds(UnixMillis at) {
  const Fields f = fields_of(at);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", f.year, f.month, f.day, f.hour, f.minute, f.second);
}

std::string format_iso_millis(UnixMillis at) {
  const Fields f = fields_of(at);
  return Digits().add(static_cast<unsigned>(f.year), 4).add("-").add(f.month, 2).add("-").add(f.day, 2)
      .add("T").add(f.hour, 2).add(":").add(f.minute, 2).add(":").add(f.second, 2).add(".000Z").take();
}

std::string format_iso_exact_millis(UnixMillis at) {
  const Fields f = fields_of(at);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", f.year, f.month, f.day, f.hour, f.minute, f.second,
                     f.millisecond);
}

std::string format_yyyymmdd(UnixMillis at) {
  const Fields f = fields_of(at);
  return Digits().add(static_cast<unsigned>(f.year), 4).add(f.month, 2).add(f.day, 2).take();
}

std::optional<UnixMillis> parse_rfc1123(std::string_view text) {
  Scanner scan(text);
  Fields f;
  scan.one_of(kWeekdays);
  scan.literal(", ");
  f.day = scan.digits(2);
  scan.literal(" ");
  f.month = scan.one_of(kMonths) + 1;
  scan.literal(" ");
  f.year = static_cast<int>(scan.digits(4));
  scan.literal(" ");
  f.hour = scan.digits(2);
  scan.literal(":");
  f.minute = scan.digits(2);
  scan.literal(":");
  f.second = scan.digits(2);
  scan.literal(" GMT");
  return scan.finished() ? instant_of(f) : std::nullopt;
}

std::optional<UnixMillis> parse_iso_basic(std::string_view text) {
  Scanner scan(text);
  Fields f;
  f.year = static_cast<int>(scan.digits(4));
  f.month = scan.digits(2);
  f.day = scan.digits(2);
  scan.literal("T");
  f.hour = scan.digits(2);
  f.minute = scan.digits(2);
  f.second = scan.digits(2);
  scan.literal("Z");
  return scan.finished() ? instant_of(f) : std::nullopt;
}

std::optional<UnixMillis> parse_iso8601(std::string_view text) {
  Scanner scan(text);
  Fields f;
  f.year = static_cast<int>(scan.digits(4));
  scan.literal("-");
  f.month = scan.digits(2);
  scan.literal("-");
  f.day = scan.digits(2);
  scan.literal("T");
  f.hour = scan.digits(2);
  scan.literal(":");
  f.minute = scan.digits(2);
  scan.literal(":");
  f.second = scan.digits(2);
  if (scan.take(".")) f.millisecond = scan.fraction_millis();
  UnixMillis offset_minutes = 0;
  if (!scan.take("Z")) {
    const bool west = scan.take("-");
    if (!west) scan.literal("+");
    const unsigned hours = scan.digits(2);
    scan.take(":");
    const unsigned minutes = scan.digits(2);
    if (hours > 23 || minutes > 59) return std::nullopt;
    offset_minutes = UnixMillis{hours} * 60 + minutes;
    if (west) offset_minutes = -offset_minutes;
  }
  if (!scan.finished()) return std::nullopt;
  const auto local = instant_of(f);
  if (!local) return std::nullopt;
  return in_range(*local - offset_minutes * 60000);
}

std::optional<UnixMillis> parse_yyyymmdd(std::string_view text) {
  Scanner scan(text);
  Fields f;
  f.year = static_cast<int>(scan.digits(4));
  f.month = scan.digits(2);
  f.day = scan.digits(2);
  return scan.finished() ? instant_of(f) : std::nullopt;
}

}  // namespace farshore::codec
