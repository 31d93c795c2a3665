// SPDX-License-Identifier: Apache-2.0
// Tags and ACL of a version: changed in place, each with a stamp of its own. Last-Modified stays.
#pragma once

#include "objects/decision.h"
#include "objects/get.h"

namespace farshore::objects {

struct ChangedVersion {
  std::optional<VersionId> version_id;  ///< nothing if the bucket never had versioning
};

/// The version a tag or ACL request means; its `tags` and `acl` answer the reads. Errors as find_object.
Task<Result<ChangedVersion>> put_tags(OpContext op, BucketRef bucket, Decider& decider, ObjectRef ref, TagSet tags);
/// An empty set.
Task<Result<ChangedVersion>> delete_tags(OpContext op, BucketRef bucket, Decider& decider, ObjectRef ref);
Task<Result<ChangedVersion>> put_acl(OpContext op, BucketRef bucket, Decider& decider, ObjectRef ref, ObjectAcl acl);

/// What the x-oss-version-id header of a read or change of `version` says: nothing if the bucket never had versioning.
std::optional<VersionId> shown_version_id(const BucketSettings& settings, const Version& version);

}  // namespace farshore::objects
