// SPDX-License-Identifier: Apache-2.0
// BucketRegistry: which bucket has which name, for the whole realm.
#pragma once

#include "identity/directory_store.h"
#include "identity/quotas.h"

namespace farshore::identity {

/// Names only: what is in a bucket is its region's business. Loop thread only.
class BucketRegistry {
 public:
  BucketRegistry(Runtime runtime, DirectoryStore& directory, Quotas quotas = {}) : runtime_(runtime), directory_(directory), quotas_(quotas) {}
  /// Takes the name for this id. Repeating it with the same id succeeds.
  /// Errors: kInvalidBucketName, kBucketAlreadyExists (detail Owner = Self if it is the caller's own), kTooManyBuckets.
  Task<Result<BucketEntry>> register_bucket(OpContext op, BucketEntry bucket);
  /// Gives the name back if this id still holds it; succeeds otherwise too (repeatable).
  Task<Result<void>> unregister_bucket(OpContext op, BucketName name, BucketId id);
  /// Null if nobody has the name. Valid until the next change of the directory.
  const BucketEntry* find(const BucketName& name) const { return directory_.view().bucket(name); }

 private:
  Runtime runtime_;
  DirectoryStore& directory_;
  Quotas quotas_;
};

}  // namespace farshore::identity
