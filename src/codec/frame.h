// SPDX-License-Identifier: Apache-2.0
// Frame: the unit of the peer link (docs/formats/peer-link.md).
//
//   frame   := size(4) crc(4) kind(1) flags(1) method(2) call(8) header-size(4) header body      all big endian
//   size     = bytes behind the crc field; at least 16, at most kFrameBytesMax
//   crc      = CRC32C over those bytes
//   kind     = 1 call, 2 reply, 3 data, 4 acks, 5 ping
//   flags    bit 0: more data frames of this call follow
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"

namespace farshore::codec {

inline constexpr std::size_t kFramePrefixBytes = 8;
inline constexpr std::size_t kFrameHeadBytes = 16;
/// A frame is small so that a small change never waits long behind a large one on the wire.
inline constexpr std::size_t kFrameBodyBytesMax = 256u << 10;
inline constexpr std::size_t kFrameBytesMax = kFrameHeadBytes + kFrameBodyBytesMax + (512u << 10);

enum class FrameKind : std::uint8_t { kCall = 1, kReply = 2, kData = 3, kAcks = 4, kPing = 5 };

struct Frame {
  FrameKind kind = FrameKind::kCall;
  bool more = false;
  std::uint16_t method = 0;  ///< of a call; the error code of a reply (0: ok)
  std::uint64_t call = 0;
  BytesView header;
  BytesView body;
};

/// Computes the checksum of bytes; crypto::crc32c, handed in because codec stands beside crypto.
using Checksum = std::uint32_t (*)(std::uint32_t seed, BytesView bytes);

/// The frame's bytes before the body; the body follows them on the wire unchanged.
Bytes encode_frame_head(const Frame& frame, Checksum checksum);

/// How many bytes follow the 8-byte prefix. Error: kProtocolViolation if that is out of bounds.
Result<std::size_t> frame_size(BytesView prefix);
/// Decodes prefix and content; views point into `content`. Error: kProtocolViolation, kCorrupt (checksum).
Result<Frame> decode_frame(BytesView prefix, BytesView content, Checksum checksum);

}  // namespace farshore::codec
