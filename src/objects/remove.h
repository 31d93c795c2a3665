// SPDX-License-Identifier: Apache-2.0
// The two deletions, told apart: inserting a delete marker (or ending an unversioned object), and deleting a version for good.
#pragma once

#include <optional>
#include <vector>

#include "objects/bucket.h"
#include "objects/decision.h"
#include "objects/get.h"

namespace farshore::objects {

// Rule: OSS, "DeleteMultipleObjects": at most 1,000 objects in a request.
inline constexpr std::size_t kRuleDeleteManyMax = 1000;
inline constexpr std::size_t kDeleteManyConcurrent = 16;

struct DeleteResult {
  std::optional<VersionId> version_id;  ///< of the marker inserted or the version deleted; nothing in an unversioned bucket
  bool delete_marker = false;           ///< a marker was inserted, or what was deleted was one
  bool inserted_marker = false;
};

/// Deletes an object: a marker in a versioned bucket (also for an absent key), the object itself in an unversioned one.
/// With a version id: that version, for good; an absent one is ok. Errors: the decider's and storage's.
Task<Result<DeleteResult>> delete_object(OpContext op, BucketRef bucket, Decider& decider, ObjectRef ref);

/// Deletes up to kRuleDeleteManyMax objects, kDeleteManyConcurrent at a time. Results in the order of the refs.
Task<std::vector<Result<DeleteResult>>> delete_many(OpContext op, BucketRef bucket, Decider& decider, std::vector<ObjectRef> refs);

}  // namespace farshore::objects
