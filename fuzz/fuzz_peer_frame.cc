// SPDX-License-Identifier: Apache-2.0
// Peer frames and the messages inside them: bytes of another host, before it has proved anything.
#include <cstdint>

#include "base/check.h"
#include "codec/frame.h"
#include "crypto/crc32c.h"
#include "replication/messages.h"
#include "replication/peer_hello.h"
#include "replication/peer_link.h"

using namespace farshore;

namespace {

/// What decodes must encode to something that decodes to the same bytes again.
template <class Message>
void round_trip(Result<Message> (*decode)(BytesView), BytesView bytes) {
  const auto first = decode(bytes);
  if (!first) return;
  const Bytes again = encode(*first);
  const auto second = decode(again);
  FS_CHECK(second.has_value());
  FS_CHECK(encode(*second) == again);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView input(reinterpret_cast<const char*>(data), size);
  if (size >= codec::kFramePrefixBytes) {
    const BytesView prefix = input.substr(0, codec::kFramePrefixBytes);
    if (const auto length = codec::frame_size(prefix); length && *length <= size - codec::kFramePrefixBytes) {
      const BytesView content = input.substr(codec::kFramePrefixBytes, *length);
      static_cast<void>(codec::decode_frame(prefix, content, crypto::crc32c_update));
      // The checksum would hide the rest from a fuzzer: look behind it as well.
      static_cast<void>(codec::decode_frame(prefix, content, [](std::uint32_t, BytesView) { return std::uint32_t{0}; }));
    }
  }
  using namespace replication;
  round_trip<StreamOpen>(decode_stream_open, input);
  round_trip<StreamPosition>(decode_stream_position, input);
  round_trip<ChangeMessage>(decode_change_message, input);
  round_trip<std::vector<StagedRange>>(decode_staged_ranges, input);
  round_trip<StageRange>(decode_stage_range, input);
  round_trip<StagedQuery>(decode_staged_query, input);
  round_trip<RegisterRule>(decode_register_rule, input);
  round_trip<RuleReference>(decode_rule_reference, input);
  round_trip<LocateQuery>(decode_locate_query, input);
  round_trip<LocateReply>(decode_locate_reply, input);
  round_trip<PeerHello>(decode_peer_hello, input);
  static_cast<void>(decode_error(input).text());
  return 0;
}
