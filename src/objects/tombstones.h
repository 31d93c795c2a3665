// SPDX-License-Identifier: Apache-2.0
// collect_tombstones: forgets deletions that no stream can replay against any more.
#pragma once

#include "objects/bucket.h"

namespace farshore::objects {

/// Erases tombstone rows and void records of deletions ordered before `before`. The caller knows that every stream that could
/// bring an older change has passed that time, or that no rule refers to the bucket any more (then: the greatest time).
/// Gives how many went; stops after one pass, in batches, and may be repeated at any time. Errors: kNoSuchBucket, storage's.
Task<Result<std::size_t>> collect_tombstones(OpContext op, BucketRef bucket, HybridTime before);

}  // namespace farshore::objects
