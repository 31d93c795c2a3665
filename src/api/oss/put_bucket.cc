// SPDX-License-Identifier: Apache-2.0
// PutBucket: takes a name in the realm, then makes the bucket here. Repeating it finishes what a crash left half-made.
#include "api/common/read_body.h"
#include "api/oss/call.h"
#include "api/oss/handlers.h"
#include "api/oss/request_bodies.h"
#include "api/oss/wire.h"

namespace farshore::api::oss {
namespace {

constexpr std::size_t kBodyBytesMax = 64 * 1024;
constexpr std::string_view kAction = "oss:PutBucket";  // PUT ?acl on a missing name comes here, too

struct Wanted {
  std::optional<BucketAcl> acl;
  std::optional<StorageClass> storage_class;
};

Error already_exists(const Call& call) { return Error(ErrorCode::kBucketAlreadyExists, "").with("BucketName", call.address.bucket.get()); }

Result<Wanted> read_wanted(const Call& call, BytesView body) {
  Wanted wanted;
  if (const auto acl = call.header("x-oss-acl")) {
    wanted.acl = parse_bucket_acl(*acl);
    if (!wanted.acl) {
      return Error(ErrorCode::kInvalidArgument, "no such bucket access control exists").with("ArgumentName", "x-oss-acl").with("ArgumentValue", *acl).with("EC", "0015-00000204");
    }
  }
  if (call.header("x-oss-bucket-tagging")) return not_implemented("x-oss-bucket-tagging");
  if (const auto hns = call.header("x-oss-hns-status"); hns && *hns != "disabled") return not_implemented("x-oss-hns-status");
  TRY(wanted.storage_class, read_bucket_configuration(body));
  return wanted;
}

http::Response created(const Call& call) { return http::Response(200).header("Location", "/" + call.address.bucket.get()); }

Task<Result<http::Response>> create(OpContext op, CallRef call, identity::BucketEntry entry, Wanted wanted) {
  BucketSettings settings;
  settings.id = entry.id;
  settings.name = entry.name;
  settings.owner = entry.owner;
  settings.region = entry.region;
  settings.created_millis = entry.created_millis;
  settings.acl = wanted.acl.value_or(BucketAcl::kPrivate);
  settings.storage_class = wanted.storage_class.value_or(StorageClass::kStandard);
  CO_TRY_OK(co_await call->services.objects.buckets().create(op, std::move(settings)));
  co_return created(*call);
}

/// The caller's own bucket again: the same, with the ACL asked for.
Task<Result<http::Response>> repeat(OpContext op, CallRef call, Wanted wanted) {
  const objects::BucketRef bucket = call->bucket;
  call->access.demand({kAction, {}, identity::AclReach::kNever, false, {}});
  CO_TRY_OK(co_await call->access.check(op));
  if (wanted.storage_class && *wanted.storage_class != bucket->settings().storage_class) co_return already_exists(*call);
  if (wanted.acl) CO_TRY_OK(co_await call->services.objects.buckets().set_acl(op, bucket, call->access, *wanted.acl));
  co_return created(*call);
}

}  // namespace

Task<Result<http::Response>> put_bucket(OpContext op, CallRef call) {
  CO_TRY(const Bytes body, co_await read_body(op, std::move(call->request.body), kBodyBytesMax, std::nullopt));
  CO_TRY(const Wanted wanted, read_wanted(*call, body));
  if (call->entry && (call->entry->owner != call->principal.account() || call->entry->region != call->services.endpoints.here)) {
    if (call->principal.is_anonymous()) CO_TRY_OK(check_own(*call, kAction, call->address.bucket.get()));
    co_return already_exists(*call);
  }
  if (call->bucket) co_return co_await repeat(op, call, wanted);
  CO_TRY_OK(check_own(*call, kAction, call->address.bucket.get()));
  if (call->entry) co_return co_await create(op, call, *call->entry, wanted);
  identity::BucketEntry entry;
  entry.name = call->address.bucket;
  entry.owner = call->principal.account();
  entry.region = call->services.endpoints.here;
  entry.created_millis = call->services.runtime.clock.now().millis();
  CO_TRY(entry.id, co_await call->services.bucket_ids.next(op));
  auto registered = co_await call->services.registry.register_bucket(op, std::move(entry));
  if (!registered) co_return std::move(registered).error().with("BucketName", call->address.bucket.get());
  co_return co_await create(op, call, *std::move(registered), wanted);
}

}  // namespace farshore::api::oss
