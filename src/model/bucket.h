// SPDX-License-Identifier: Apache-2.0
// BucketSettings: all that decides what may be written to a bucket. Its row is the bucket's guard.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/ids.h"
#include "model/version.h"

namespace farshore {

enum class Versioning : std::uint8_t { kDisabled = 0, kEnabled = 1, kSuspended = 2 };
enum class BucketAcl : std::uint8_t { kPrivate = 0, kPublicRead = 1, kPublicReadWrite = 2 };

/// Kept in one row of every partition of the bucket. Every commit that was decided under these settings expects the
/// row's version, so a write can never land after the right, the versioning state or the bucket it relied on is gone.
struct BucketSettings {
  BucketId id;
  BucketName name;
  AccountUid owner;
  RegionId region;
  std::int64_t created_millis = 0;
  BucketAcl acl = BucketAcl::kPrivate;
  StorageClass storage_class = StorageClass::kStandard;
  Versioning versioning = Versioning::kDisabled;
  std::string policy;  ///< the bucket policy's text, byte for byte; empty: none
  Encryption default_encryption = Encryption::kNone;
  bool deleted = false;  ///< set by DeleteBucket before the name is given back: nothing is written after it
  std::vector<RuleId> outgoing_rules;          ///< rules of this bucket, closing ones included
  std::vector<RuleId> incoming_rules;          ///< rules of others that write here
  friend bool operator==(const BucketSettings&, const BucketSettings&) = default;
};

/// Rule: OSS, "Bucket naming": 3 to 63 characters of a-z, 0-9 and '-', first and last alphanumeric.
bool valid_bucket_name(std::string_view name);
/// Rule: OSS, "Object naming conventions": 1 to 1,023 bytes of UTF-8, not beginning with '/' or '\'.
bool valid_object_key(std::string_view key);

}  // namespace farshore
