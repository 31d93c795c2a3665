// SPDX-License-Identifier: Apache-2.0
// find_object and open_body: the version a read means, and its bytes.
#pragma once

#include <memory>
#include <optional>

#include "objects/bucket.h"
#include "runtime/body.h"

namespace farshore::objects {

/// Names a version: the current one, or the one with that id.
struct ObjectRef {
  ObjectKey key;
  std::optional<VersionId> version_id;
};

/// The data version a GET or HEAD means, without its content.
///
/// Errors  kNoSuchKey: no current version, or a delete marker (details DeleteMarker=true, VersionId=its id, and Key)
///         kNoSuchVersion: no version of that id (details Key, VersionId)
///         kMethodNotAllowed: the id is a delete marker's (details DeleteMarker=true, VersionId, ResourceType, LastModifiedMillis)
Task<Result<Version>> find_object(OpContext op, BucketRef bucket, ObjectRef ref);

/// The version or delete marker of that id or the current one, whatever its kind; nothing if there is none. For
/// authorisation by tags and for replication.
Task<Result<std::optional<Version>>> find_any(OpContext op, BucketRef bucket, ObjectRef ref);

/// Content bytes [offset, offset + length).
struct ByteRange {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};

/// The bytes of a version; nothing for `range` means all. The first piece is read and verified before this returns, so
/// that a damaged blob becomes an error status and not a short body.
/// From then on it reads to the end whatever happens to the version.
/// Errors: kInvalidRange (outside the content), kCorrupt, kStorageUnavailable; kNotFound: replaced or deleted since it was
/// found: find it again (a few times).
Task<Result<std::unique_ptr<BodySource>>> open_body(OpContext op, BucketRef bucket, Version version, std::optional<ByteRange> range = {});

/// What open_content() gives: a small content as it is, of a larger one a source.
struct OpenedContent {
  Buffer whole;
  std::unique_ptr<BodySource> source;  ///< null: `whole` is all
};
/// As open_body(), for callers who send a small content at once.
Task<Result<OpenedContent>> open_content(OpContext op, BucketRef bucket, Version version, std::optional<ByteRange> range = {});

}  // namespace farshore::objects
