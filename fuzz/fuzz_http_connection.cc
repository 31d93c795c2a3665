// SPDX-License-Identifier: Apache-2.0
// A whole connection from a stranger: the server reads the same requests however the bytes arrive, and where it accepts a request, every
// other way in which readers in the field frame it ends the body at the same byte, so that nothing can be smuggled past a proxy.
//
//   input := step(1) bytes
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.h"
#include "codec/text.h"
#include "fuzz/input.h"
#include "http/connection.h"
#include "sim/world/sim_loop.h"

namespace {

using namespace farshore;

/// The fuzzer's bytes as a connection that never waits.
class FeedStream : public Stream {
 public:
  FeedStream(BytesView bytes, std::size_t step) : bytes_(bytes), step_(step) {}
  Task<Result<std::size_t>> read(OpContext, std::span<char> into) override {
    const std::size_t count = std::min({bytes_.size(), into.size(), step_});
    bytes_.copy(into.data(), count);
    bytes_.remove_prefix(count);
    co_return count;
  }
  Task<Result<void>> write(OpContext, std::span<const BytesView>) override { co_return Result<void>(); }
  Task<Result<void>> finish(OpContext) override { co_return Result<void>(); }
  void close() override {}
  NetworkAddress remote() const override { return {}; }
  bool secure() const override { return false; }
  std::optional<std::string> peer_name() const override { return std::nullopt; }

 private:
  BytesView bytes_;
  std::size_t step_;
};

/// One request as the server understood it.
struct Seen {
  std::string method;
  std::string target;
  bool whole = false;  ///< its body came to its end
  std::string body;
  friend bool operator==(const Seen&, const Seen&) = default;
};

class Recorder : public http::Handler {
 public:
  Task<http::Response> handle(OpContext op, http::Request request) override {
    seen.push_back({request.method, request.target, false, {}});
    while (true) {
      auto piece = co_await request.body->read(op);
      if (!piece) {
        seen.back().body.clear();  // how much came before it broke depends on the pieces
        co_return http::Response(400).close();
      }
      if (piece->empty()) break;
      seen.back().body += piece->view();
    }
    seen.back().whole = true;
    co_return http::Response(200);
  }
  http::Response refuse(int status, const Error&) override { return http::Response(status); }
  std::vector<Seen> seen;
};

struct World {
  sim::SimLoop loop;
  sim::SimNode node{loop};
  Recorder recorder;
  http::ServerShared shared{node.runtime, http::ServerSettings(), recorder};

  std::vector<Seen> serve(BytesView bytes, std::size_t step) {
    recorder.seen.clear();
    http::Connection connection(shared, std::make_unique<FeedStream>(bytes, step));
    sim::run(loop, connection.run());
    return std::move(recorder.seen);
  }
};

/// How some other reader might take a message apart, more leniently than we do.
struct Reader {
  bool last_length_wins = false;
  bool any_coding_is_chunked = false;  ///< "xchunked", "chunked, identity", "Transfer-Encoding : chunked"
  bool bare_line_ends = false;
};

struct Framed {
  std::size_t end = 0;  ///< behind the body; 0: could not be read
  std::string body;
};

/// One line at the front of `rest`, without its end; nothing if there is no end.
std::optional<BytesView> take_line(BytesView& rest, const Reader& reader) {
  const std::size_t end = reader.bare_line_ends ? rest.find('\n') : rest.find("\r\n");
  if (end == BytesView::npos) return std::nullopt;
  BytesView line = rest.substr(0, end);
  rest.remove_prefix(end + (reader.bare_line_ends ? 1 : 2));
  if (reader.bare_line_ends && line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

Framed read_chunks(BytesView all, BytesView rest, const Reader& reader) {
  Framed framed;
  while (true) {
    const auto line = take_line(rest, reader);
    if (!line) return {};
    const BytesView digits = line->substr(0, line->find_first_of("; \t"));
    std::uint64_t size = 0;
    for (const char digit : digits) {
      const auto value = codec::hex_decode(std::string("0") + digit);
      if (!value || size >> 60 != 0) return {};
      size = size << 4 | static_cast<unsigned char>((*value)[0]);
    }
    if (digits.empty() || size > rest.size()) return {};
    framed.body += rest.substr(0, size);
    rest.remove_prefix(size);
    if (size == 0) break;
    const auto end = take_line(rest, reader);
    if (!end || !end->empty()) return {};
  }
  while (true) {
    const auto trailer = take_line(rest, reader);
    if (!trailer) return {};
    if (trailer->empty()) break;
  }
  framed.end = all.size() - rest.size();
  return framed;
}

/// The first message of `all` as that reader frames it.
Framed frame(BytesView all, const Reader& reader) {
  BytesView rest = all;
  std::optional<std::uint64_t> length;
  bool chunked = false;
  bool first = true;
  while (true) {
    const auto line = take_line(rest, reader);
    if (!line) return {};
    if (std::exchange(first, false)) continue;
    if (line->empty()) break;
    const std::size_t colon = line->find(':');
    const BytesView name = reader.any_coding_is_chunked ? codec::trim(line->substr(0, colon)) : line->substr(0, colon);
    const BytesView value = colon == BytesView::npos ? BytesView() : codec::trim(line->substr(colon + 1));
    if (codec::iequals(name, "content-length") && (!length || reader.last_length_wins)) length = codec::parse_decimal<std::uint64_t>(value);
    if (codec::iequals(name, "transfer-encoding")) {
      chunked = reader.any_coding_is_chunked ? codec::to_lower(value).find("chunked") != std::string::npos : codec::iequals(value, "chunked");
    }
  }
  if (chunked) return read_chunks(all, rest, reader);
  if (length.value_or(0) > rest.size()) return {};
  const std::size_t size = static_cast<std::size_t>(length.value_or(0));
  return {all.size() - rest.size() + size, std::string(rest.substr(0, size))};
}

void check_framing(BytesView bytes, const std::vector<Seen>& seen) {
  std::size_t at = 0;
  for (const Seen& request : seen) {
    if (!request.whole) return;
    if (bytes.substr(at).starts_with("\r\n")) at += 2;  // one empty line before a request is overlooked
    const Framed strict = frame(bytes.substr(at), Reader());
    FS_CHECK(strict.end > 0 && strict.body == request.body);
    for (const Reader reader : {Reader{true, false, false}, Reader{false, true, false}, Reader{true, true, true}}) {
      const Framed other = frame(bytes.substr(at), reader);
      FS_CHECK(other.end == strict.end && other.body == strict.body);
    }
    at += strict.end;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static World& world = *new World();
  fuzz::Input input(data, size);
  const std::size_t step = input.byte() % 64 + 1;
  const BytesView bytes = input.rest();
  const std::vector<Seen> whole = world.serve(bytes, bytes.size() + 1);
  FS_CHECK(world.serve(bytes, step) == whole);
  check_framing(bytes, whole);
  return 0;
}
