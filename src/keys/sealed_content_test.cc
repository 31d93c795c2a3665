// SPDX-License-Identifier: Apache-2.0
#include "keys/sealed_content.h"

#include <gtest/gtest.h>

#include "keys/key_wrapper.h"
#include "sim/world/sim_loop.h"

namespace farshore::keys {
namespace {

class SealedContent : public testing::Test {
 protected:
  Bytes seal(BlobId blob, BytesView content, std::size_t step) {
    SealingWriter writer(data_key, blob);
    Bytes out;
    for (std::size_t at = 0; at < content.size(); at += step) out += writer.push(content.substr(at, step));
    return out + writer.finish();
  }
  Result<Bytes> open(BlobId blob, BytesView sealed, const SealedRange& range) {
    OpeningReader reader(data_key, blob);
    return reader.open(range.first_chunk, sealed.substr(range.stored_offset, range.stored_length));
  }
  sim::SimLoop loop;
  Secret data_key{loop.random().bytes(kDataKeySize)};
};

TEST_F(SealedContent, EveryRangeOpensAloneHoweverTheContentArrived) {
  for (const std::size_t size : {1u, 65535u, 65536u, 65537u, 131072u, 200000u}) {
    const Bytes content = loop.random().bytes(size);
    const Bytes sealed = seal(BlobId(7), content, 50000);
    EXPECT_EQ(sealed.size(), sealed_size(size));
    EXPECT_EQ(sealed, seal(BlobId(7), content, 70000));
    for (int i = 0; i < 20; ++i) {
      const std::uint64_t offset = loop.random().below(size);
      const std::uint64_t length = 1 + loop.random().below(size - offset);
      const SealedRange range = sealed_range(offset, length, size);
      EXPECT_EQ(open(BlobId(7), sealed, range)->substr(range.skip, length), content.substr(offset, length));
    }
  }
  EXPECT_EQ(sealed_size(0), 0u);
}

TEST_F(SealedContent, AChangedByteAnotherPlaceOrAnotherBlobIsNoticed) {
  const Bytes content = loop.random().bytes(150000);
  const Bytes sealed = seal(BlobId(7), content, content.size());
  const SealedRange first = sealed_range(0, 10, content.size());
  EXPECT_TRUE(open(BlobId(7), sealed, first));
  Bytes changed = sealed;
  changed[100] = static_cast<char>(changed[100] ^ 1);
  EXPECT_EQ(open(BlobId(7), changed, first).error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(open(BlobId(8), sealed, first).error().code(), ErrorCode::kCorrupt);
  SealedRange moved = sealed_range(65536, 10, content.size());
  moved.first_chunk = 0;
  EXPECT_EQ(open(BlobId(7), sealed, moved).error().code(), ErrorCode::kCorrupt);
}

TEST(KeyWrapper, ADataKeyComesBackOnlyUnderItsRootKey) {
  sim::SimLoop loop;
  RootKeyWrapper wrapper(RootKey::from(Secret(std::string(32, 'a'))).value(), loop.random());
  RootKeyWrapper other(RootKey::from(Secret(std::string(32, 'b'))).value(), loop.random());
  const DataKey key = sim::run(loop, wrapper.create({}, Encryption::kAes256, {})).value();
  const DataKey second = sim::run(loop, wrapper.create({}, Encryption::kAes256, {})).value();
  EXPECT_NE(key.plain.reveal(), second.plain.reveal());
  EXPECT_EQ(key.sealing.wrapped_key.find(key.plain.reveal()), std::string::npos);
  EXPECT_EQ(sim::run(loop, wrapper.open({}, key.sealing))->reveal(), key.plain.reveal());
  EXPECT_EQ(sim::run(loop, other.open({}, key.sealing)).error().code(), ErrorCode::kCorrupt);
  Sealing damaged = key.sealing;
  damaged.wrapped_key.back() = static_cast<char>(damaged.wrapped_key.back() ^ 1);
  EXPECT_EQ(sim::run(loop, wrapper.open({}, damaged)).error().code(), ErrorCode::kCorrupt);
  EXPECT_TRUE(sim::run(loop, wrapper.create({}, Encryption::kNone, {}))->plain.empty());
  EXPECT_EQ(sim::run(loop, wrapper.create({}, Encryption::kKms, "key")).error().code(), ErrorCode::kNotImplemented);
  EXPECT_FALSE(RootKey::from(Secret("short")));
}

}  // namespace
}  // namespace farshore::keys
