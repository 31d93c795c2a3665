// SPDX-License-Identifier: Apache-2.0
// Heads and chunked bodies from strangers: never a crash, the same reading however the bytes arrive, one framing.
//
//   input := step(1) bytes        bytes are read at once and in pieces of `step`
#include <cstdint>

#include "base/check.h"
#include "fuzz/input.h"
#include "http/chunked.h"
#include "http/framing.h"

namespace {

using farshore::BytesView;
using namespace farshore::http;

struct Scanned {
  bool failed = false;
  std::size_t size = 0;
};

Scanned scan(BytesView bytes, std::size_t step) {
  HeadScanner scanner(4096);
  for (std::size_t end = 0;; end = std::min(end + step, bytes.size())) {
    const auto size = scanner.scan(bytes.substr(0, end));
    if (!size) return Scanned{true, 0};
    if (*size > 0) return Scanned{false, *size};
    if (end == bytes.size()) return Scanned{};
  }
}

struct Decoded {
  bool failed = false;
  bool done = false;
  std::size_t used = 0;
  std::string data;
};

Decoded decode(BytesView bytes, std::size_t step) {
  ChunkDecoder decoder;
  Decoded all;
  std::size_t end = 0;
  while (all.used < bytes.size() && !decoder.done()) {
    end = std::min(bytes.size(), std::max(end, all.used) + step);
    const auto found = decoder.decode(bytes.substr(all.used, end - all.used));
    if (!found) {
      all.failed = true;
      return all;
    }
    FS_CHECK(found->used > 0 && found->data.size() <= found->used);
    all.used += found->used;
    all.data += found->data;
  }
  all.done = decoder.done();
  return all;
}

/// What was read is written again and read again: nothing may have been hidden in it.
void check_again(const RequestHead& request) {
  std::string text = request.method + " " + request.target + " HTTP/1." + std::to_string(request.minor) + "\r\n";
  for (const HeaderView line : request.headers) text.append(line.name).append(":").append(line.value).append("\r\n");
  text += "\r\n";
  FS_CHECK(scan(text, text.size()).size == text.size());
  const auto again = parse_request_head(text, HeadLimits());
  FS_CHECK(again.has_value() && again->method == request.method && again->target == request.target && again->minor == request.minor);
  FS_CHECK(again->headers.size() == request.headers.size());
  for (std::size_t i = 0; i < request.headers.size(); ++i) {
    FS_CHECK(again->headers[i].name == request.headers[i].name && again->headers[i].value == request.headers[i].value);
  }
}

void check_request(BytesView head) {
  const auto request = parse_request_head(head, HeadLimits());
  if (!request) return;
  FS_CHECK(!request->method.empty() && request->target.find_first_of(std::string_view(" \r\n\0", 4)) == BytesView::npos);
  for (const HeaderView line : request->headers) {
    FS_CHECK(!line.name.empty() && line.name.find_first_of(" \t:\r\n") == BytesView::npos);
    FS_CHECK(line.value.find_first_of(std::string_view("\r\n\0", 3)) == BytesView::npos);
  }
  check_again(*request);
  const auto framing = request_framing(*request);
  if (framing && framing->kind == FramingKind::kChunked) {
    FS_CHECK(!request->headers.has("content-length") && request->headers.all("transfer-encoding").size() == 1);
  }
  RequestHead copy = *request;
  Request target;
  if (read_target(copy, target)) {
    FS_CHECK(target.raw_path == "*" || target.raw_path.starts_with('/'));
    FS_CHECK(target.has_query || target.raw_query.empty());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  farshore::fuzz::Input input(data, size);
  const std::size_t step = input.byte() + std::size_t{1};
  const BytesView bytes = input.rest();
  const Scanned scanned = scan(bytes, bytes.size() + 1);
  const Scanned pieces = scan(bytes, step);
  FS_CHECK(scanned.size == pieces.size && scanned.failed == pieces.failed);
  if (scanned.size > 0) {
    const BytesView head = bytes.substr(0, scanned.size);
    check_request(head);
    if (const auto response = parse_response_head(head)) static_cast<void>(response_framing("GET", *response));
  }
  const Decoded one = decode(bytes, step);
  const Decoded many = decode(bytes, bytes.size() + 1);
  FS_CHECK(one.failed == many.failed && one.done == many.done);
  if (!one.failed) FS_CHECK(one.used == many.used && one.data == many.data);
  return 0;
}
