// SPDX-License-Identifier: Apache-2.0
#include "http/framing.h"

#include <algorithm>

#include "codec/text.h"

namespace farshore::http {

namespace {

Error malformed(std::string message) { return Error(ErrorCode::kMalformedRequest, std::move(message)); }

/// Which headers say how long the body is: found in one pass.
struct FramingHeaders {
  int codings = 0;
  std::string_view coding;
  int lengths = 0;
  std::string_view length;
  bool lengths_differ = false;
};

FramingHeaders framing_headers(const Headers& headers) {
  FramingHeaders found;
  for (const HeaderView line : headers) {
    if (line.name.size() == 14 && codec::iequals(line.name, "content-length")) {
      if (found.lengths++ > 0 && line.value != found.length) found.lengths_differ = true;
      found.length = line.value;
    } else if (line.name.size() == 17 && codec::iequals(line.name, "transfer-encoding")) {
      ++found.codings;
      found.coding = line.value;
    }
  }
  return found;
}

}  // namespace

Result<Framing> request_framing(const RequestHead& head) {
  const FramingHeaders found = framing_headers(head.headers);
  if (found.codings > 0) {
    if (found.lengths > 0) return malformed("both Transfer-Encoding and Content-Length");
    if (found.codings > 1 || !codec::iequals(found.coding, "chunked")) return malformed("unknown Transfer-Encoding");
    if (head.minor == 0) return malformed("Transfer-Encoding in HTTP/1.0");
    return Framing{FramingKind::kChunked, 0};
  }
  if (found.lengths == 0) return Framing{};
  const auto length = codec::parse_decimal<std::uint64_t>(found.length);
  if (found.lengths_differ || !length) return malformed("bad Content-Length");
  return Framing{FramingKind::kLength, *length};
}

Result<Framing> response_framing(std::string_view method, const ResponseHead& head) {
  if (method == "HEAD" || head.status == 204 || head.status == 304 || head.status < 200) return Framing{};
  const FramingHeaders found = framing_headers(head.headers);
  if (found.codings > 0) {
    if (found.codings > 1 || !codec::iequals(found.coding, "chunked") || found.lengths > 0) {
      return Error(ErrorCode::kProtocolViolation, "the server's response has an unknown framing");
    }
    return Framing{FramingKind::kChunked, 0};
  }
  if (found.lengths == 0) return Framing{FramingKind::kUntilClose, 0};
  const auto length = codec::parse_decimal<std::uint64_t>(found.length);
  if (found.lengths_differ || !length) return Error(ErrorCode::kProtocolViolation, "the server's response has a bad Content-Length");
  return Framing{FramingKind::kLength, *length};
}

bool keeps_alive(int minor, const Headers& headers) {
  bool keep = minor == 1;
  for (const HeaderView line : headers) {
    if (line.name.size() != 10 || !codec::iequals(line.name, "connection")) continue;
    if (has_token(line.value, "close")) return false;
    if (has_token(line.value, "keep-alive")) keep = true;
  }
  return keep;
}

Result<void> read_target(RequestHead& head, Request& request) {
  int hosts = 0;
  std::string_view host;
  for (const HeaderView line : head.headers) {
    if (line.name.size() != 4 || !codec::iequals(line.name, "host")) continue;
    ++hosts;
    host = line.value;
  }
  if (hosts > 1 || (hosts == 0 && head.minor == 1)) return malformed("a request needs exactly one Host");
  std::string_view rest = head.target;
  if (rest == "*" && head.method == "OPTIONS") {
    request.raw_path = "*";
  } else {
    if (codec::istarts_with(rest, "http://") || codec::istarts_with(rest, "https://")) {
      rest.remove_prefix(rest.find("//") + 2);
      const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
      host = rest.substr(0, end);
      rest.remove_prefix(end);
      if (host.empty()) return malformed("the request target has no host");
    } else if (!rest.starts_with('/')) {
      return malformed("the request target has no known form");
    }
    if (rest.find('#') != std::string_view::npos) return malformed("the request target has a fragment");
    const std::size_t mark = rest.find('?');
    request.raw_path = rest.substr(0, mark);
    if (request.raw_path.empty()) request.raw_path = "/";
    request.has_query = mark != std::string_view::npos;
    if (request.has_query) request.raw_query = rest.substr(mark + 1);
  }
  if (host.find_first_of("@/?# \t\\,") != std::string_view::npos) return malformed("bad Host");
  request.host = host;
  request.target = std::move(head.target);
  return {};
}

}  // namespace farshore::http
