// SPDX-License-Identifier: Apache-2.0
// Framing: where a message's body ends, decided once from its head; and what a request target names.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "http/head.h"

namespace farshore::http {

enum class FramingKind : unsigned char { kLength, kChunked, kUntilClose };

/// No body is kLength 0.
struct Framing {
  FramingKind kind = FramingKind::kLength;
  std::uint64_t length = 0;
};

/// Rule: RFC 9112 section 6.1 and 6.3, in the stricter reading: Transfer-Encoding must be exactly one "chunked", of HTTP/1.1,
/// and without Content-Length; Content-Length must be one number, however often it is repeated. Error: kMalformedRequest.
Result<Framing> request_framing(const RequestHead& head);

/// Error: kProtocolViolation.
Result<Framing> response_framing(std::string_view method, const ResponseHead& head);

/// True if the connection goes on after this message (RFC 9112 section 9.3).
bool keeps_alive(int minor, const Headers& headers);

/// Fills target, raw_path, raw_query and host from the head's target and Host line.
/// Error: kMalformedRequest for a target of no known form, user information in it, or not exactly one Host (HTTP/1.1).
Result<void> read_target(RequestHead& head, Request& request);

}  // namespace farshore::http
