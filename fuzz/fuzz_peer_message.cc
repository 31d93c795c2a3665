// SPDX-License-Identifier: Apache-2.0
// The messages inside peer frames: what decodes must encode to something that decodes to the same bytes again.
//
//   input := which(1) message
#include <cstdint>

#include "base/check.h"
#include "fuzz/input.h"
#include "identity/directory_batch.h"
#include "peer/remote_region.h"
#include "replication/messages.h"
#include "replication/peer_hello.h"
#include "replication/peer_link.h"

using namespace farshore;

namespace {

template <class Message, class Encode>
void round_trip(BytesView bytes, Result<Message> (*decode)(BytesView), Encode encode_it) {
  const auto first = decode(bytes);
  if (!first) {
    const ErrorCode code = first.error().code();
    FS_CHECK(code == ErrorCode::kProtocolViolation || code == ErrorCode::kCorrupt);
    return;
  }
  const Bytes again = encode_it(*first);
  const auto second = decode(again);
  FS_CHECK(second.has_value());
  FS_CHECK(encode_it(*second) == again);
}

template <class Message>
void round_trip(BytesView bytes, Result<Message> (*decode)(BytesView)) {
  round_trip(bytes, decode, [](const Message& message) { return encode(message); });
}

void check_error(BytesView bytes) {
  const Error first = replication::decode_error(bytes);
  const Error second = replication::decode_error(replication::encode_error(first));
  FS_CHECK(first.code() == second.code() && first.message() == second.message() && first.details() == second.details() &&
           first.effect() == second.effect());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace replication;
  fuzz::Input input(data, size);
  const std::size_t which = input.below(16);
  const BytesView bytes = input.rest();
  switch (which) {
    case 0: round_trip(bytes, decode_stream_open); break;
    case 1: round_trip(bytes, decode_stream_position); break;
    case 2: round_trip(bytes, decode_change_message); break;
    case 3: round_trip(bytes, decode_staged_ranges); break;
    case 4: round_trip(bytes, decode_stage_range); break;
    case 5: round_trip(bytes, decode_staged_query); break;
    case 6: round_trip(bytes, decode_register_rule); break;
    case 7: round_trip(bytes, decode_rule_reference); break;
    case 8: round_trip(bytes, decode_locate_query); break;
    case 9: round_trip(bytes, decode_locate_reply); break;
    case 10: round_trip(bytes, decode_peer_hello); break;
    case 11: round_trip(bytes, decode_outcome); break;
    case 12: round_trip(bytes, identity::decode_directory_batch, identity::encode_directory_batch); break;
    case 13: round_trip(bytes, identity::decode_directory_change, identity::encode_directory_change); break;
    case 14: round_trip(bytes, peer::decode_directory_feed, peer::encode_directory_feed); break;
    default: check_error(bytes); break;
  }
  return 0;
}
