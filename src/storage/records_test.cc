// SPDX-License-Identifier: Apache-2.0
#include "storage/records.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "storage/record_samples.h"

namespace farshore::storage {
namespace {

std::string hex(BytesView bytes) {
  std::string text;
  for (const char byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  return text;
}

Bytes unhex(std::string_view text) {
  const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) bytes += static_cast<char>(digit(text[i]) * 16 + digit(text[i + 1]));
  return bytes;
}

/// Truncating and changing every byte must end in a value or in kCorrupt. A value must survive being written again.
template <class Value>
void expect_harmless_when_damaged(const Bytes& good, Bytes (*encode)(const Value&), Result<Value> (*decode)(BytesView)) {
  const auto check = [&](const Bytes& bytes) {
    // A copy of its own size, so that the sanitizer sees a read past the end.
    const std::unique_ptr<char[]> exact(new char[bytes.size()]);
    std::copy(bytes.begin(), bytes.end(), exact.get());
    const auto value = decode(BytesView(exact.get(), bytes.size()));
    if (!value) {
      ASSERT_EQ(value.error().code(), ErrorCode::kCorrupt);
      return;
    }
    const auto again = decode(encode(*value));
    ASSERT_TRUE(again);
    ASSERT_TRUE(*again == *value);
  };
  for (std::size_t size = 0; size < good.size(); ++size) check(good.substr(0, size));
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const int change : {0x01, 0x02, 0x07, 0x08, 0x40, 0x7F, 0x80, 0xFF}) {
      Bytes bad = good;
      bad[at] = static_cast<char>(bad[at] ^ change);
      check(bad);
    }
  }
}

#define EXPECT_GOLDEN(sample, encode, decode, golden)                 \
  EXPECT_EQ(hex(encode(sample)), golden);                             \
  ASSERT_TRUE(decode(unhex(golden)));                                 \
  EXPECT_TRUE(*decode(unhex(golden)) == sample);                      \
  expect_harmless_when_damaged(unhex(golden), &encode, &decode)

TEST(Records, AVersionKeepsItsBytes) { EXPECT_GOLDEN(sample_version(), encode_version, decode_version, kGoldenVersion); }
TEST(Records, APlainVersionIsShort) {
  EXPECT_GOLDEN(sample_plain_version(), encode_version, decode_version, kGoldenPlainVersion);
  EXPECT_LT(encode_version(sample_plain_version()).size(), 160u);
}
TEST(Records, ADeleteMarkerKeepsItsBytes) { EXPECT_GOLDEN(sample_marker(), encode_version, decode_version, kGoldenMarker); }
TEST(Records, AChangeKeepsItsBytes) { EXPECT_GOLDEN(sample_change(), encode_change, decode_change, kGoldenChange); }
TEST(Records, SettingsKeepTheirBytes) { EXPECT_GOLDEN(sample_settings(), encode_settings, decode_settings, kGoldenSettings); }
TEST(Records, ARuleKeepsItsBytes) { EXPECT_GOLDEN(sample_rule(), encode_rule, decode_rule, kGoldenRule); }
TEST(Records, AnIncomingRuleKeepsItsBytes) { EXPECT_GOLDEN(sample_incoming(), encode_incoming, decode_incoming, kGoldenIncoming); }

TEST(Records, DefaultsTakeNoBytes) {
  EXPECT_EQ(encode_version(Version()), "");
  EXPECT_EQ(encode_change(Change()), "");
  EXPECT_EQ(encode_settings(BucketSettings()), "");
  EXPECT_EQ(encode_rule(ReplicationRule()), "");
  EXPECT_EQ(encode_incoming(IncomingRule()), "");
  EXPECT_TRUE(*decode_rule("") == ReplicationRule());
  EXPECT_TRUE(*decode_version("") == Version());
}

TEST(Records, AValueOtherThanADefaultOfTrueIsKept) {
  ReplicationRule rule;
  rule.action = {"", false, false, false};
  rule.historical = false;
  EXPECT_TRUE(*decode_rule(encode_rule(rule)) == rule);
}

TEST(Records, EmptyElementsOfListsAreKept) {
  Version version;
  version.pieces = {{}, {BlobId(1), 0}, {}};
  version.part_sizes = {0, 1, 0};
  version.tags = {{"", ""}, {"a", ""}};
  version.metadata.user = {{"", "x"}, {"", ""}};
  version.origin.emplace();
  EXPECT_TRUE(*decode_version(encode_version(version)) == version);
  BucketSettings settings;
  settings.outgoing_rules = {RuleId(""), RuleId("a")};
  EXPECT_TRUE(*decode_settings(encode_settings(settings)) == settings);
}

TEST(Records, ANewerWritersFieldIsSkipped) {
  codec::RecordWriter newer;
  newer.u64(8, 42);
  newer.bytes(1000, "from the future");
  newer.u64(1001, 7);
  ASSERT_TRUE(decode_version(newer.view()));
  EXPECT_EQ(decode_version(newer.view())->size, 42u);
}

TEST(Records, ANewerFormatIsRefused) {
  codec::RecordWriter newer;
  newer.u64(15, 2);
  EXPECT_EQ(decode_version(newer.view()).error().code(), ErrorCode::kCorrupt);
  EXPECT_EQ(decode_rule(newer.view()).error().code(), ErrorCode::kCorrupt);
}

struct OutOfRange {
  const char* name;
  std::uint32_t field;
  std::uint64_t last;  ///< the greatest good value
};

template <class Value>
void expect_ranges(Result<Value> (*decode)(BytesView), std::initializer_list<OutOfRange> cases) {
  for (const OutOfRange& row : cases) {
    for (const std::uint64_t value : {row.last, row.last + 1, ~std::uint64_t{0}}) {
      codec::RecordWriter record;
      record.u64(row.field, value);
      EXPECT_EQ(decode(record.view()).has_value(), value == row.last) << row.name << " " << value;
    }
  }
}

TEST(Records, AnUnknownEnumeratorOrTooWideNumberIsCorrupt) {
  expect_ranges(&decode_version, {{"order region", 3, 65535}, {"kind", 5, 3}, {"type", 6, 3}, {"storage class", 7, 4},
                                  {"tags region", 27, 65535}, {"acl", 28, 3}, {"acl region", 30, 65535}, {"encryption", 32, 3}});
  expect_ranges(&decode_change, {{"kind", 1, 5}, {"order region", 5, 65535}, {"version kind", 7, 3}, {"storage class", 9, 4}, {"encryption", 10, 3}});
  expect_ranges(&decode_settings, {{"acl", 6, 2}, {"storage class", 7, 4}, {"versioning", 8, 2}, {"encryption", 10, 3}});
  codec::RecordWriter zero_kind;
  zero_kind.u64(1, 0);
  EXPECT_FALSE(decode_change(zero_kind.view()));
}

TEST(Records, AMalformedVersionIdIsCorrupt) {
  codec::RecordWriter record;
  record.bytes(1, "0123456789ABCDEF0123456789ABCDEF");
  EXPECT_EQ(decode_version(record.view()).error().code(), ErrorCode::kCorrupt);
}

TEST(Records, APairsSecondHalfNeedsItsFirst) {
  for (const std::uint32_t field : {13u, 23u, 25u}) {
    codec::RecordWriter record;
    record.u64(field, 1);
    EXPECT_FALSE(decode_version(record.view())) << field;
  }
}

RC_GTEST_PROP(Records, AnyVersionReadsBackAsItWasWritten, ()) {
  Version version;
  const auto text = [] { return *rc::gen::arbitrary<std::string>(); };
  const auto order = [] {
    return Order{HybridTime{*rc::gen::arbitrary<std::uint64_t>()}, RegionNumber(*rc::gen::arbitrary<std::uint16_t>()), *rc::gen::arbitrary<std::uint64_t>()};
  };
  version.order = order();
  if (*rc::gen::arbitrary<bool>()) version.id = VersionId::mint(order());
  version.kind = static_cast<VersionKind>(*rc::gen::inRange(0, 4));
  version.type = static_cast<ObjectType>(*rc::gen::inRange(0, 4));
  version.storage_class = static_cast<StorageClass>(*rc::gen::inRange(0, 5));
  version.acl = static_cast<ObjectAcl>(*rc::gen::inRange(0, 4));
  version.sealing = {static_cast<Encryption>(*rc::gen::inRange(0, 4)), text(), text()};
  version.size = *rc::gen::arbitrary<std::uint64_t>();
  version.crc64 = *rc::gen::arbitrary<std::uint64_t>();
  version.last_modified_millis = *rc::gen::arbitrary<std::int64_t>();
  version.etag = text();
  version.content_md5 = text();
  version.symlink_target = text();
  version.metadata = {text(), text(), text(), text(), text(), text(), {}};
  for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
    version.metadata.user.emplace_back(text(), text());
    version.tags.push_back({text(), text()});
    version.pieces.push_back({BlobId(*rc::gen::arbitrary<std::uint64_t>()), *rc::gen::arbitrary<std::uint64_t>()});
    version.part_sizes.push_back(*rc::gen::arbitrary<std::uint64_t>());
  }
  if (*rc::gen::arbitrary<bool>()) version.origin = Origin{RegionNumber(*rc::gen::arbitrary<std::uint16_t>()), BucketId(7), Sequence(8), order()};
  const auto decoded = decode_version(encode_version(version));
  RC_ASSERT(decoded.has_value());
  RC_ASSERT(*decoded == version);
}

RC_GTEST_PROP(Records, ArbitraryBytesNeverCrashADecoder, (const std::string& bytes)) {
  static_cast<void>(decode_version(bytes));
  static_cast<void>(decode_change(bytes));
  static_cast<void>(decode_settings(bytes));
  static_cast<void>(decode_rule(bytes));
  static_cast<void>(decode_incoming(bytes));
}

}  // namespace
}  // namespace farshore::storage
