// SPDX-License-Identifier: Apache-2.0
// Buckets: opens, creates and deletes the buckets of this region and changes their settings.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "objects/bucket.h"
#include "objects/decision.h"

namespace farshore::objects {

/// Owned by the composition root; loop thread only. Names belong to the directory (identity/): here a bucket is its id.
class Buckets {
 public:
  /// Changes a copy of the settings and may add rows to the batch that stores them. Called again with fresh settings if
  /// the guard changed meanwhile, so it must be free of other effects.
  using Edit = std::function<Result<void>(BucketSettings& settings, storage::Batch& batch)>;

  explicit Buckets(Stores stores) : stores_(stores) {}

  /// The bucket, if it is open already; null otherwise.
  BucketRef find(BucketId id) const {
    const auto found = open_.find(id);
    return found == open_.end() ? nullptr : found->second;
  }
  /// The bucket, opened once and cached. Errors: kNoSuchBucket (never created here, or deleted), those of storage.
  Task<Result<BucketRef>> open(OpContext op, BucketId id);
  /// Writes the first guard row. Repeating it with the same settings is ok. Error: kBucketAlreadyExists for a taken id.
  Task<Result<BucketRef>> create(OpContext op, BucketSettings settings);
  /// Sets `deleted` in the guard, so that nothing is written afterwards. The caller gives the name back and may drop the
  /// partition (drop()). Error: kBucketNotEmpty while there is any version, delete marker or upload.
  Task<Result<void>> remove(OpContext op, BucketRef bucket, Decider& decider);
  /// A bucket that was removed and not dropped yet, for whoever has something to end that its rows tell of. Not cached. Error: kNoSuchBucket if there
  /// are no rows, or they are a living bucket's.
  Task<Result<BucketRef>> open_removed(OpContext op, BucketId id);
  /// Erases the rows of a bucket that was removed. Repeatable.
  Task<Result<void>> drop(OpContext op, BucketId id);

  /// The buckets that are open now.
  std::vector<BucketRef> opened() const;

  /// Commits an edit of the settings, with whatever rows the edit adds, under the decider's guard. An edit that leaves
  /// the settings as they were and adds nothing commits nothing. Gives the guard afterwards. Error: kNoSuchBucket.
  Task<Result<Guard>> edit(OpContext op, BucketRef bucket, Decider& decider, Edit edit);

  /// Setting the present state is ok. Errors: kInvalidBucketState while replication rules refer to the bucket;
  /// kInvalidArgument for going back to kDisabled.
  Task<Result<Guard>> set_versioning(OpContext op, BucketRef bucket, Decider& decider, Versioning versioning);
  /// The text is stored byte for byte (validated by the caller); empty deletes the policy.
  Task<Result<Guard>> set_policy(OpContext op, BucketRef bucket, Decider& decider, std::string policy);
  Task<Result<Guard>> set_encryption(OpContext op, BucketRef bucket, Decider& decider, Encryption encryption);
  Task<Result<Guard>> set_acl(OpContext op, BucketRef bucket, Decider& decider, BucketAcl acl);

 private:
  Task<Result<bool>> empty(OpContext op, BucketRef bucket);
  Stores stores_;
  std::map<BucketId, BucketRef> open_;
};

}  // namespace farshore::objects
