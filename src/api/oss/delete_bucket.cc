// SPDX-License-Identifier: Apache-2.0
// DeleteBucket: closes the bucket for writes, gives the name back, erases what is left, or leaves that to the end of its rules. Each step may be repeated.
#include "api/oss/call.h"
#include "api/oss/handlers.h"

namespace farshore::api::oss {

Task<Result<http::Response>> delete_bucket(OpContext op, CallRef call) {
  if (!call->entry) co_return Error(ErrorCode::kNoSuchBucket, "").with("BucketName", call->address.bucket.get());
  objects::Buckets& buckets = call->services.objects.buckets();
  if (call->bucket) {
    call->access.demand({call->operation->action, {}, identity::AclReach::kNever, false, {}});
    CO_TRY_OK(co_await call->access.check(op));
    const objects::BucketRef bucket = call->bucket;
    const auto removed = co_await buckets.remove(op, bucket, call->access);
    if (!removed && removed.error().code() != ErrorCode::kNoSuchBucket) {
      Error error = removed.error();
      if (error.code() == ErrorCode::kBucketNotEmpty && error.detail("BucketName").empty()) error = std::move(error).with("BucketName", call->address.bucket.get());
      co_return error;
    }
  } else {
    // Half-deleted: its policy is gone, so the owner's people alone may finish.
    if (call->entry->owner != call->principal.account()) co_return Error(ErrorCode::kAccessDenied, "");
    CO_TRY_OK(check_own(*call, call->operation->action, call->address.bucket.get()));
  }
  const identity::BucketEntry entry = *call->entry;
  CO_TRY_OK(co_await call->services.registry.unregister_bucket(op, entry.name, entry.id));
  // Rule: a bucket may be deleted while rules lead from it, and they vanish with it (replication reference 1.9).
  Result<bool> taken = false;
  if (call->services.replication != nullptr) taken = co_await call->services.replication->bucket_removed(op, entry.id);
  Result<void> dropped;
  if (!taken) dropped = taken.error();  // if there are rules, they are found again at the next start
  if (taken && !*taken) dropped = co_await buckets.drop(op, entry.id);
  if (!dropped) {
    // The bucket is gone for everybody; its rows only take space.
    call->services.runtime.log.warn("oss.bucket_rows_left", {{"request", op.request_id()}, {"bucket", entry.id.get()}, {"error", dropped.error().text()}});
  }
  co_return http::Response(204);
}

}  // namespace farshore::api::oss
