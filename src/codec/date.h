// SPDX-License-Identifier: Apache-2.0
// Instants as text: the date forms of HTTP and of the OSS and RAM protocols.
//
// An instant is a count of milliseconds; reading a clock is not done here. Pure functions; any thread.
// Formatting clamps to the years 0000 to 9999. Parsing checks every field (no 31 February, no 24:00:00)
// and takes the whole text; blanks around it are refused. A leap second (":60") is read as the next second.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace farshore::codec {

/// Milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted; may be negative.
using UnixMillis = std::int64_t;

/// "Tue, 02 Jan 2024 03:04:05 GMT" (RFC 9110 IMF-fixdate).
std::string format_rfc1123(UnixMillis at);
/// "20240102T030405Z".
std::string format_iso_basic(UnixMillis at);
/// "2024-01-02T03:04:05Z".
std::string format_iso_seconds(UnixMillis at);
/// "2024-01-02T03:04:05.000Z": whole seconds, always with .000, as object listings print them.
std::string format_iso_millis(UnixMillis at);
/// "2024-01-02T03:04:05.678Z": with the real milliseconds.
std::string format_iso_exact_millis(UnixMillis at);
/// "20240102", the UTC day.
std::string format_yyyymmdd(UnixMillis at);

/// The IMF-fixdate form. The weekday must be a weekday's name; whether it is the right one is not checked.
std::optional<UnixMillis> parse_rfc1123(std::string_view text);
/// "20240102T030405Z".
std::optional<UnixMillis> parse_iso_basic(std::string_view text);
/// "2024-01-02T03:04:05", an optional fraction (cut to milliseconds), then "Z" or an offset "+08:00" / "+0800".
std::optional<UnixMillis> parse_iso8601(std::string_view text);
/// "20240102": the start of that UTC day.
std::optional<UnixMillis> parse_yyyymmdd(std::string_view text);

}  // namespace farshore::codec
