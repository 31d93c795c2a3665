// SPDX-License-Identifier: Apache-2.0
#include "identity/directory_rows.h"

#include <gtest/gtest.h>

#include "codec/record.h"
#include "codec/text.h"

namespace farshore::identity {
namespace {

const AccountUid kUid("1000000000000001");
const AccountEntry kAccount{kUid, "source", {RegionId("cn-a"), RegionId("cn-b")}, 1, 2};
const UserEntry kUser{kUid, UserId("200000000000000017"), "Ann", "A", "c", "86-1", "a@b", 1, 2, 3};
const AccessKeyEntry kKey{AccessKeyId("LTAI5t"), kUid, UserId("200000000000000017"), false, 1, Bytes("\x01\x00\x02", 3)};
const RoleEntry kRole{kUid, RoleId("300000000000000017"), "FarCrr", "d", "{}", 43200, 1, 2, 3};
const PolicyEntry kPolicy{kUid, PolicyType::kCustom, "crr", "d", 3, 4, {{1, "{}", 1}, {3, "[]", 2}}, 1, 2};
const AttachmentEntry kAttachment{EntityKind::kRole, "300000000000000017", kUid, PolicyType::kSystem, "AliyunOSSFullAccess", 1};
const BucketEntry kBucket{BucketName("photos"), BucketId(0x0001000000000007), kUid, RegionId("cn-a"), 1};
const MintingKeyEntry kMinting{RegionId("cn-a"), "sealed", 1};

/// Reads back as it was, with and without a field of a newer writer, and never past its end.
template <class Entry>
void expect_round_trip(const Entry& entry) {
  const Bytes bytes = encode(entry);
  EXPECT_EQ(*decode_entry<Entry>(bytes), entry);
  EXPECT_EQ(*decode_entry<Entry>(bytes + "\xba\x3e\x01x"), entry);  // field 999
  for (std::size_t size = 0; size < bytes.size(); ++size) (void)decode_entry<Entry>(bytes.substr(0, size));
  EXPECT_FALSE(decode_entry<Entry>(bytes + "\x0a"));
}

TEST(DirectoryRows, EveryEntryReadsBackAsItWas) {
  expect_round_trip(kAccount);
  expect_round_trip(kUser);
  expect_round_trip(kKey);
  expect_round_trip(kRole);
  expect_round_trip(kPolicy);
  expect_round_trip(kAttachment);
  expect_round_trip(kBucket);
  expect_round_trip(kMinting);
}

TEST(DirectoryRows, StampedValuesCarryTheChangeThatWroteThem) {
  const auto stamped = decode_stamped(encode_stamped(DirectorySequence(300), "entry"));
  ASSERT_TRUE(stamped);
  EXPECT_EQ(stamped->version, DirectorySequence(300));
  EXPECT_EQ(stamped->entry, "entry");
  EXPECT_FALSE(decode_stamped("\x12\x05x"));
}

TEST(DirectoryRows, KeysIgnoreTheCaseOfNames) {
  EXPECT_EQ(role_row(kUid, "FarCrr"), "R1000000000000001farcrr");
  EXPECT_EQ(user_row(kUid, "Ann"), "U1000000000000001ann");
  EXPECT_EQ(policy_row(kUid, "CRR"), "P1000000000000001crr");
  EXPECT_EQ(attachment_row(EntityKind::kRole, "300000000000000017", PolicyType::kCustom, "Crr"), "Tr300000000000000017ccrr");
  EXPECT_EQ(bucket_row(BucketName("photos")), "Bphotos");
  EXPECT_EQ(access_key_row(AccessKeyId("LTAI5tAb")), "KLTAI5tAb");
}

// Bytes of format 1. They never change: a new field gets a new number.
TEST(DirectoryRows, ATimeThatNoClockCanShowIsReadAsNone) {
  codec::RecordWriter out;
  out.bytes(1, "photos");
  out.u64(5, ~std::uint64_t{0});
  EXPECT_EQ(decode_entry<BucketEntry>(out.view())->created_millis, 0);
}

TEST(DirectoryRows, GoldenBytesStayReadable) {
  const std::vector<std::pair<Bytes, std::string>> golden = {
      {encode(kAccount),
       "0a10313030303030303030303030303030311206736f757263651a04636e2d611a04636e2d6220012802"},
      {encode(kUser),
       "0a103130303030303030303030303030303112123230303030303030303030303030303031371a03416e6e2201412a0163320438362d313a03614062"
       "400148025003"},
      {encode(kKey),
       "0a064c54414935741210313030303030303030303030303030311a12323030303030303030303030303030303137200028013203010002"},
      {encode(kRole),
       "0a103130303030303030303030303030303112123330303030303030303030303030303031371a064661724372722201642a027b7d30c0d102380140"
       "024803"},
      {encode(kPolicy),
       "0a103130303030303030303030303030303110631a03637272220164280330043a08080112027b7d18013a08080312025b5d180240014802"},
      {encode(kAttachment),
       "087212123330303030303030303030303030303031371a103130303030303030303030303030303120732a13416c6979756e4f535346756c6c416363"
       "6573733001"},
      {encode(kBucket),
       "0a0670686f746f7310878080808080401a10313030303030303030303030303030312204636e2d612801"},
      {encode(kMinting),
       "0a04636e2d6112067365616c65641801"},
      {encode_stamped(DirectorySequence(300), "e"),
       "08ac02120165"},
  };
  for (const auto& [bytes, hex] : golden) EXPECT_EQ(codec::hex_encode(bytes), hex);
}

}  // namespace
}  // namespace farshore::identity
