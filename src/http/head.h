// SPDX-License-Identifier: Apache-2.0
// Heads: from the bytes before a message's body to a request line or status line and headers. Strict: what two parsers
// could read in two ways is refused here.
#pragma once

#include <cstddef>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "http/message.h"

namespace farshore::http {

struct HeadLimits {
  std::size_t head_bytes_max = 32 * 1024;
  std::size_t target_bytes_max = 16 * 1024;
  std::size_t header_lines_max = 200;
};

/// Finds where a head ends, looking at each byte once however it arrives. One per head.
class HeadScanner {
 public:
  explicit HeadScanner(std::size_t head_bytes_max) : bytes_max_(head_bytes_max) {}
  /// `bytes` is all that came since the head's first byte. Gives the head's length with its empty line, or 0 when more must
  /// come. Errors: kMalformedRequest (bare LF, folded line), kHeaderTooLarge.
  Result<std::size_t> scan(BytesView bytes);

 private:
  std::size_t bytes_max_;
  std::size_t seen_ = 0;
  std::size_t line_ = 0;  // where the current line began
};

struct RequestHead {
  std::string method;
  std::string target;
  int minor = 1;  ///< HTTP/1.minor
  Headers headers;
};

/// Errors: kMalformedRequest (detail "status" is 505 for a version that is not 1.0 or 1.1), kHeaderTooLarge.
Result<RequestHead> parse_request_head(BytesView head, const HeadLimits& limits);

struct ResponseHead {
  int status = 0;
  int minor = 1;
  Headers headers;
};

/// Error: kProtocolViolation.
Result<ResponseHead> parse_response_head(BytesView head);

}  // namespace farshore::http
