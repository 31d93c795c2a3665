// SPDX-License-Identifier: Apache-2.0
// put_object: writes one content under a key.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "objects/bucket.h"
#include "objects/decision.h"
#include "runtime/body.h"

namespace farshore::objects {

// Rule: OSS, "PutObject": an object written by one request has at most 5 GB.
inline constexpr std::uint64_t kRulePutBytesMax = 5ull << 30;

/// What every way of making a new version may say about it.
struct NewObject {
  ObjectKey key;
  ObjectMetadata metadata;
  TagSet tags;
  ObjectAcl acl = ObjectAcl::kDefault;
  std::optional<StorageClass> storage_class;  ///< nothing: the bucket's
  std::optional<Encryption> encryption;       ///< nothing: the bucket's default
  std::string kms_key_id;                     ///< kKms only
  bool forbid_overwrite = false;              ///< Rule: OSS, "PutObject": heeded in buckets without versioning alone
};

/// What the client expects of the body it sends.
struct ExpectedContent {
  std::optional<std::string> content_md5;  ///< base64, as sent
  std::optional<std::uint64_t> crc64;
};

struct PutObject {
  NewObject object;
  ExpectedContent expected;
};

struct PutResult {
  std::optional<VersionId> version_id;  ///< nothing in a bucket without versioning; null while suspended
  std::string etag;                     ///< without quotes
  std::string content_md5;              ///< base64; empty for multipart results
  std::uint64_t crc64 = 0;
  std::uint64_t size = 0;
  std::int64_t last_modified_millis = 0;
  Encryption encryption = Encryption::kNone;
};

/// Streams the body into a blob, then commits the version. On ok it is durable and current.
///
/// Errors  kFileAlreadyExists (forbid_overwrite), kInvalidDigest, kInvalidCRC64, kIncompleteBody, kEntityTooLarge,
///         kNoSuchBucket (deleted meanwhile), what the decider, the body and storage say; nothing is left behind
///         unless the effect is kMaybeApplied
Task<Result<PutResult>> put_object(OpContext op, BucketRef bucket, Decider& decider, PutObject put, std::unique_ptr<BodySource> body);

}  // namespace farshore::objects
