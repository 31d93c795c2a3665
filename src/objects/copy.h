// SPDX-License-Identifier: Apache-2.0
// copy_object: a new version from an existing one of this region.
#pragma once

#include <functional>

#include "objects/get.h"
#include "objects/put.h"

namespace farshore::objects {

// Rule: OSS, "CopyObject": a source of at most 5 GB.
inline constexpr std::uint64_t kRuleCopyBytesMax = 5ull << 30;

struct CopyObject {
  NewObject object;               ///< metadata and tags count only where replaced
  bool replace_metadata = false;  ///< forced for a copy onto itself in an unversioned bucket
  bool replace_tags = false;
};

struct CopyResult {
  PutResult put;
  std::optional<VersionId> source_version_id;  ///< nothing if the source bucket has no versioning
};

/// Copies the source version (from find_object, after the caller judged rights and conditions on it) to the destination
/// key. Inside one bucket and with the same encryption no bytes move: the blobs are shared. ACL is not copied.
///
/// Errors  those of put_object; kEntityTooLarge; kNoSuchKey or kNoSuchVersion if the source went meanwhile; kServiceBusy if
///         it was replaced meanwhile
Task<Result<CopyResult>> copy_object(OpContext op, BucketRef source_bucket, ObjectRef source_ref, Version source, BucketRef bucket, Decider& decider,
                                     CopyObject copy);

}  // namespace farshore::objects
