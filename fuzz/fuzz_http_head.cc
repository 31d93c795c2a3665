// SPDX-License-Identifier: Apache-2.0
// Heads and chunked bodies from strangers: never a crash, the same reading however the bytes arrive, one framing.
#include <cstdint>

#include "base/check.h"
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
  for (std::size_t end = 0; end <= bytes.size(); end += step) {
    const auto size = scanner.scan(bytes.substr(0, end));
    if (!size) return Scanned{true, 0};
    if (*size > 0) return Scanned{false, *size};
  }
  return Scanned{};
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
    all.used += found->used;
    all.data += found->data;
  }
  all.done = decoder.done();
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView bytes(reinterpret_cast<const char*>(data), size);
  const Scanned scanned = scan(bytes, 1);
  if (scanned.size > 0) {
    FS_CHECK(scan(bytes, scanned.size).size == scanned.size);
    const BytesView head = bytes.substr(0, scanned.size);
    if (auto request = parse_request_head(head, HeadLimits())) {
      for (const HeaderView line : request->headers) FS_CHECK(!line.name.empty() && line.value.find_first_of("\r\n") == BytesView::npos);
      const auto framing = request_framing(*request);
      if (framing && framing->kind == FramingKind::kChunked) {
        FS_CHECK(!request->headers.has("content-length") && request->headers.all("transfer-encoding").size() == 1);
      }
      Request target;
      if (read_target(*request, target)) FS_CHECK(target.raw_path == "*" || target.raw_path.starts_with('/'));
    }
    if (const auto response = parse_response_head(head)) static_cast<void>(response_framing("GET", *response));
  }
  const Decoded one = decode(bytes, 1);
  const Decoded many = decode(bytes, size + 1);
  FS_CHECK(one.failed == many.failed && one.done == many.done);
  if (!one.failed) FS_CHECK(one.used == many.used && one.data == many.data);
  return 0;
}
