// SPDX-License-Identifier: Apache-2.0
// Bucket names.
#include "identity/bucket_registry.h"

#include "identity/directory_edit.h"
#include "identity/identity_errors.h"
#include "model/bucket.h"

namespace farshore::identity {

Task<Result<BucketEntry>> BucketRegistry::register_bucket(OpContext op, BucketEntry bucket) {
  if (!valid_bucket_name(bucket.name.get())) {
    co_return Error(ErrorCode::kInvalidBucketName,
                    "A bucket name has 3 to 63 characters of a-z, 0-9 and '-', and begins and ends with a letter or digit.")
        .with("BucketName", bucket.name.get());
  }
  co_return co_await directory_.change(op, [&](const Directory& view) -> Result<Decided<BucketEntry>> {
    DirectoryBatch batch;
    if (const BucketEntry* held = view.bucket(bucket.name)) {
      if (held->id == bucket.id) return Decided<BucketEntry>{std::move(batch), *held};
      return Error(ErrorCode::kBucketAlreadyExists, "The requested bucket name is not available. Choose another one.")
          .with("BucketName", bucket.name.get())
          .with("Owner", held->owner == bucket.owner ? "Self" : "Other");
    }
    if (view.account(bucket.owner) == nullptr) return no_such("Account", bucket.owner.get());
    if (view.bucket_count(bucket.owner, bucket.region) >= quotas_.buckets) {
      return Error(ErrorCode::kTooManyBuckets, "You have attempted to create more buckets than allowed.")
          .with("BucketName", bucket.name.get());
    }
    add_row(batch, bucket_row(bucket.name), bucket);
    return Decided<BucketEntry>{std::move(batch), bucket};
  });
}

Task<Result<void>> BucketRegistry::unregister_bucket(OpContext op, BucketName name, BucketId id) {
  co_return nothing(co_await directory_.change(op, [&](const Directory& view) -> Result<Decided<Done>> {
    DirectoryBatch batch;
    const BucketEntry* held = view.bucket(name);
    if (held != nullptr && held->id == id) erase_row(batch, view, bucket_row(name));
    return Decided<Done>{std::move(batch), {}};
  }));
}

}  // namespace farshore::identity
