// SPDX-License-Identifier: Apache-2.0
// Frames of another host, before it has proved anything: decoding undoes encoding, damage is noticed, and a link that is fed any frames
// ends with an error, whatever they say and however the bytes arrive.
//
//   input := group(1) ...
#include <cstdint>
#include <string>

#include "base/check.h"
#include "codec/frame.h"
#include "codec/record.h"
#include "crypto/crc32c.h"
#include "fuzz/input.h"
#include "replication/peer_link.h"
#include "sim/world/sim_loop.h"

namespace {

using namespace farshore;

std::uint32_t no_checksum(std::uint32_t, BytesView) { return 0; }

void check_decoded(BytesView prefix, BytesView content, codec::Checksum checksum) {
  const auto frame = codec::decode_frame(prefix, content, checksum);
  if (!frame) return;
  FS_CHECK(frame->header.size() + frame->body.size() + codec::kFrameHeadBytes == content.size());
  if ((content[1] & ~1) != 0) return;  // flags of a newer program are overlooked
  FS_CHECK(codec::encode_frame_head(*frame, checksum) + Bytes(frame->body) == Bytes(prefix) + Bytes(content));
}

/// The checksum would hide the rest from a fuzzer, so frames are decoded without it as well.
void check_any(BytesView bytes) {
  if (bytes.size() < codec::kFramePrefixBytes) return;
  const BytesView prefix = bytes.substr(0, codec::kFramePrefixBytes);
  const auto length = codec::frame_size(prefix);
  if (!length) return;
  FS_CHECK(*length >= codec::kFrameHeadBytes && *length <= codec::kFrameBytesMax);
  const BytesView content = bytes.substr(codec::kFramePrefixBytes, *length);
  if (content.size() < *length) return;
  check_decoded(prefix, content, crypto::crc32c_update);
  Bytes plain(prefix);
  plain.replace(4, 4, 4, '\0');
  check_decoded(plain, content, no_checksum);
}

/// Appends one frame with a right checksum.
void append_frame(fuzz::Input& input, Bytes& out) {
  codec::Frame frame;
  frame.kind = static_cast<codec::FrameKind>(1 + input.below(5));
  frame.more = input.flag();
  frame.method = input.byte();
  frame.call = input.byte() % 8;
  codec::RecordWriter ids;
  const BytesView header = input.text(60);
  frame.header = header;
  if (frame.kind == codec::FrameKind::kAcks && input.flag()) {
    for (const char id : header) ids.u64(1, static_cast<std::uint64_t>(id));
    frame.header = ids.view();
  }
  const std::size_t size = input.byte() == 0 ? codec::kFrameBodyBytesMax / 2 : input.byte();
  const Bytes body(size, 'b');
  frame.body = body;
  out += codec::encode_frame_head(frame, crypto::crc32c_update);
  out += body;
}

void check_written(fuzz::Input& input) {
  Bytes bytes;
  append_frame(input, bytes);
  check_any(bytes);
  const std::size_t at = 4 + input.number() % (bytes.size() - 4);  // the size is for the reader to bound
  bytes[at] = static_cast<char>(bytes[at] ^ (input.byte() | 1));
  const BytesView prefix = BytesView(bytes).substr(0, codec::kFramePrefixBytes);
  FS_CHECK(!codec::decode_frame(prefix, BytesView(bytes).substr(codec::kFramePrefixBytes), crypto::crc32c_update).has_value());
}

class FeedStream : public Stream {
 public:
  FeedStream(BytesView bytes, std::size_t step) : bytes_(bytes), step_(step) {}
  Task<Result<std::size_t>> read(OpContext, std::span<char> into) override {
    const std::size_t count = closed_ ? 0 : std::min({bytes_.size(), into.size(), step_});
    bytes_.copy(into.data(), count);
    bytes_.remove_prefix(count);
    co_return count;
  }
  Task<Result<void>> write(OpContext, std::span<const BytesView>) override {
    if (closed_) co_return Error(ErrorCode::kConnectionClosed, "");
    co_return Result<void>();
  }
  Task<Result<void>> finish(OpContext) override { co_return Result<void>(); }
  void close() override { closed_ = true; }
  NetworkAddress remote() const override { return {}; }
  bool secure() const override { return false; }
  std::optional<std::string> peer_name() const override { return std::nullopt; }

 private:
  BytesView bytes_;
  std::size_t step_;
  bool closed_ = false;
};

/// Reads the body of every second call and drops the others; answers with something, nothing or an error.
class Answers : public replication::PeerCallHandler {
 public:
  Task<Result<replication::PeerReply>> handle(OpContext op, replication::PeerCall call) override {
    ++calls;
    if (call.method % 2 == 0) {
      while (true) {
        auto piece = co_await call.body->read(op);
        if (!piece) co_return piece.error();
        if (piece->empty()) break;
      }
    }
    if (call.method % 3 == 0) co_return Error(ErrorCode::kNoSuchKey, "no");
    co_return call.method % 3 == 1 ? replication::PeerReply{"r", {}} : replication::PeerReply{};
  }
  std::size_t calls = 0;
};

struct World {
  sim::SimLoop loop;
  sim::SimNode node{loop};

  std::size_t run(BytesView bytes, std::size_t step) {
    Answers answers;
    replication::PeerLinkSettings settings;
    settings.calls_served_max = 4;
    settings.read_bytes = 4096;  // a fresh buffer for each input: clearing it would be most of the work
    replication::PeerLink link(node.runtime, std::make_unique<FeedStream>(bytes, step), answers, settings);
    FS_CHECK(!sim::run(loop, link.run(OpContext())).has_value());
    FS_CHECK(link.closed());
    return answers.calls;
  }
};

void check_link(fuzz::Input& input) {
  static World& world = *new World();
  const std::size_t step = input.number() % 100000 + 1;
  Bytes bytes;
  for (std::size_t count = input.below(12) + 1; count > 0 && !input.empty(); --count) append_frame(input, bytes);
  bytes += input.rest();
  const std::size_t calls = world.run(bytes, bytes.size() + 1);
  if (bytes.size() / step < 2000) FS_CHECK(world.run(bytes, step) == calls);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  switch (input.below(3)) {
    case 0: check_any(input.rest()); break;
    case 1: check_written(input); break;
    default: check_link(input); break;
  }
  return 0;
}
