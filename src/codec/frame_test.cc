// SPDX-License-Identifier: Apache-2.0
#include "codec/frame.h"

#include <gtest/gtest.h>

#include "codec/text.h"

namespace farshore::codec {
namespace {

/// Stands in for CRC32C: codec does not know crypto.
std::uint32_t sum(std::uint32_t seed, BytesView bytes) {
  for (const char byte : bytes) seed = seed * 31 + static_cast<unsigned char>(byte);
  return seed;
}

Bytes wire(const Frame& frame) { return encode_frame_head(frame, sum).append(frame.body); }

Result<Frame> parse(BytesView bytes) {
  TRY(const std::size_t size, frame_size(bytes.substr(0, kFramePrefixBytes)));
  if (bytes.size() < kFramePrefixBytes + size) return Error(ErrorCode::kIncompleteBody, "");
  return decode_frame(bytes.substr(0, kFramePrefixBytes), bytes.substr(kFramePrefixBytes, size), sum);
}

Frame sample() {
  Frame frame;
  frame.kind = FrameKind::kCall;
  frame.more = true;
  frame.method = 3;
  frame.call = 0x0102030405060708;
  frame.header = "head";
  frame.body = "body!";
  return frame;
}

TEST(Frame, HasTheDocumentedBytes) {
  EXPECT_EQ(hex_encode(BytesView(wire(sample())).substr(0, 4)), "00000019");
  EXPECT_EQ(hex_encode(BytesView(wire(sample())).substr(8)), "0101000301020304050607080000000468656164626f647921");
}

TEST(Frame, ComesBackAsItWas) {
  const Bytes bytes = wire(sample());
  const auto frame = parse(bytes);
  ASSERT_TRUE(frame);
  EXPECT_TRUE(frame->more);
  EXPECT_EQ(frame->method, 3);
  EXPECT_EQ(frame->call, 0x0102030405060708u);
  EXPECT_EQ(frame->header, "head");
  EXPECT_EQ(frame->body, "body!");
}

TEST(Frame, AnyChangedByteIsNoticed) {
  const Bytes good = wire(sample());
  for (std::size_t i = 0; i < good.size(); ++i) {
    Bytes bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x10);
    EXPECT_FALSE(parse(bad)) << i;
  }
}

TEST(Frame, SizesOutOfBoundsAreRefusedBeforeAnythingIsRead) {
  for (const std::uint32_t size : {0u, 15u, static_cast<std::uint32_t>(kFrameBytesMax) + 1, 0xFFFFFFFFu}) {
    Bytes prefix;
    for (int shift = 24; shift >= 0; shift -= 8) prefix += static_cast<char>(size >> shift);
    prefix.append(4, '\0');
    EXPECT_FALSE(frame_size(prefix)) << size;
  }
}

}  // namespace
}  // namespace farshore::codec
