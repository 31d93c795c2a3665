// SPDX-License-Identifier: Apache-2.0
#include "codec/frame.h"

#include "base/check.h"

namespace farshore::codec {
namespace {

void append(Bytes& out, std::uint64_t value, std::size_t width) {
  for (std::size_t i = width; i-- > 0;) out += static_cast<char>(value >> (8 * i));
}

std::uint64_t read(BytesView bytes, std::size_t at, std::size_t width) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < width; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

}  // namespace

Bytes encode_frame_head(const Frame& frame, Checksum checksum) {
  const std::size_t size = kFrameHeadBytes + frame.header.size() + frame.body.size();
  FS_CHECK(size <= kFrameBytesMax);
  Bytes out;
  out.reserve(kFramePrefixBytes + kFrameHeadBytes + frame.header.size());
  append(out, size, 4);
  append(out, 0, 4);
  append(out, static_cast<std::uint8_t>(frame.kind), 1);
  append(out, frame.more ? 1 : 0, 1);
  append(out, frame.method, 2);
  append(out, frame.call, 8);
  append(out, frame.header.size(), 4);
  out.append(frame.header);
  std::uint32_t crc = checksum(0, BytesView(out).substr(kFramePrefixBytes));
  crc = checksum(crc, frame.body);
  for (std::size_t i = 0; i < 4; ++i) out[4 + i] = static_cast<char>(crc >> (8 * (3 - i)));
  return out;
}

Result<std::size_t> frame_size(BytesView prefix) {
  FS_CHECK(prefix.size() == kFramePrefixBytes);
  const std::uint64_t size = read(prefix, 0, 4);
  if (size < kFrameHeadBytes || size > kFrameBytesMax) {
    return Error(ErrorCode::kProtocolViolation, "peer frame size out of bounds").with("size", std::to_string(size));
  }
  return static_cast<std::size_t>(size);
}

Result<Frame> decode_frame(BytesView prefix, BytesView content, Checksum checksum) {
  TRY(const std::size_t size, frame_size(prefix));
  if (content.size() != size) return Error(ErrorCode::kProtocolViolation, "peer frame cut short");
  if (checksum(0, content) != read(prefix, 4, 4)) return Error(ErrorCode::kCorrupt, "peer frame checksum does not match");
  Frame frame;
  const std::uint64_t kind = read(content, 0, 1);
  if (kind < 1 || kind > 5) return Error(ErrorCode::kProtocolViolation, "unknown peer frame kind").with("kind", std::to_string(kind));
  frame.kind = static_cast<FrameKind>(kind);
  frame.more = (read(content, 1, 1) & 1) != 0;
  frame.method = static_cast<std::uint16_t>(read(content, 2, 2));
  frame.call = read(content, 4, 8);
  const std::uint64_t header_size = read(content, 12, 4);
  if (header_size > content.size() - kFrameHeadBytes) return Error(ErrorCode::kProtocolViolation, "peer frame header longer than the frame");
  frame.header = content.substr(kFrameHeadBytes, header_size);
  frame.body = content.substr(kFrameHeadBytes + header_size);
  return frame;
}

}  // namespace farshore::codec
