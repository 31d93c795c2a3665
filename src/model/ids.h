// SPDX-License-Identifier: Apache-2.0
// The identities of the realm. Everything that lives long is bound to an id, never to a name.
#pragma once

#include <cstdint>
#include <string>

#include "base/tagged.h"

namespace farshore {

using AccountUid = Tagged<std::string, struct AccountUidTag>;    ///< 16 decimal digits
using UserId = Tagged<std::string, struct UserIdTag>;            ///< 18 digits beginning 2
using RoleId = Tagged<std::string, struct RoleIdTag>;            ///< 18 digits beginning 3
using AccessKeyId = Tagged<std::string, struct AccessKeyIdTag>;  ///< LTAI5t… or STS.…
using RegionId = Tagged<std::string, struct RegionIdTag>;        ///< "cn-hangzhou"; its location is "oss-cn-hangzhou"
using RegionNumber = Tagged<std::uint16_t, struct RegionNumberTag>;  ///< given by the realm, never reused; 0 is nobody's

using BucketName = Tagged<std::string, struct BucketNameTag>;
/// Region number in the top 16 bits, a counter of that region below: unique in the realm, never reused.
using BucketId = Tagged<std::uint64_t, struct BucketIdTag>;
using ObjectKey = Tagged<std::string, struct ObjectKeyTag>;  ///< 1 to 1,023 bytes
using UploadId = Tagged<std::string, struct UploadIdTag>;    ///< 32 upper-case hex digits
using PartNumber = Tagged<std::uint32_t, struct PartNumberTag>;
using RuleId = Tagged<std::string, struct RuleIdTag>;
/// Names a blob inside its region's store; never reused.
using BlobId = Tagged<std::uint64_t, struct BlobIdTag>;

/// Numbers the commits of a partition from 1, without gaps.
using Sequence = Tagged<std::uint64_t, struct SequenceTag>;

/// One ordered map with one writer: a slice of a bucket, or one of the region's own (bucket 0).
struct PartitionId {
  BucketId bucket;
  std::uint16_t index = 0;
  friend auto operator<=>(const PartitionId&, const PartitionId&) = default;
};

/// The region's copy of the directory.
inline const PartitionId kDirectoryPartition{BucketId(0), 0};
/// What only this region knows: peers, counters, directory position.
inline const PartitionId kRegionPartition{BucketId(0), 1};

inline std::string location_of(const RegionId& region) { return "oss-" + region.get(); }

}  // namespace farshore
