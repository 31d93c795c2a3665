// SPDX-License-Identifier: Apache-2.0
#include "objects/get.h"

#include "objects/content.h"
#include "objects/key_stack.h"

namespace farshore::objects {
namespace {

constexpr int kReplacementWaitsMax = 200;
constexpr Duration kReplacementWait = std::chrono::milliseconds(10);

Error no_such_key(const ObjectRef& ref) { return Error(ErrorCode::kNoSuchKey, "The specified key does not exist.").with("Key", ref.key.get()); }

}  // namespace

Task<Result<std::optional<Version>>> find_any(OpContext op, BucketRef bucket, ObjectRef ref) {
  CO_TRY(KeyStack stack, co_await KeyStack::load(op, bucket->shared_partition(), std::move(ref.key)));
  if (ref.version_id) co_return co_await stack.find(op, *ref.version_id);
  std::optional<Version> current;
  if (const Version* version = stack.current(); version != nullptr) current = *version;
  co_return current;
}

Task<Result<Version>> find_object(OpContext op, BucketRef bucket, ObjectRef ref) {
  CO_TRY(std::optional<Version> version, co_await find_any(op, bucket, ref));
  if (ref.version_id && !version) {
    co_return Error(ErrorCode::kNoSuchVersion, "The specified version does not exist.").with("Key", ref.key.get()).with("VersionId", ref.version_id->text());
  }
  if (!version) co_return no_such_key(ref);
  if (version->kind != VersionKind::kDeleteMarker) co_return *std::move(version);
  if (!ref.version_id) co_return no_such_key(ref).with("DeleteMarker", "true").with("VersionId", version->id.text());
  co_return Error(ErrorCode::kMethodNotAllowed, "The specified method is not allowed against this resource.")
      .with("ResourceType", "DeleteMarker")
      .with("DeleteMarker", "true")
      .with("VersionId", version->id.text())
      .with("LastModifiedMillis", std::to_string(version->last_modified_millis));
}

Task<Result<std::unique_ptr<BodySource>>> open_body(OpContext op, BucketRef bucket, Version version, std::optional<ByteRange> range) {
  const ByteRange wanted = range.value_or(ByteRange{0, version.size});
  if (wanted.offset > version.size || wanted.length > version.size - wanted.offset) {
    co_return Error(ErrorCode::kInvalidRange, "The requested range cannot be satisfied.");
  }
  CO_TRY(Secret data_key, co_await bucket->stores().keys.open(op, version.sealing));
  auto body = std::make_unique<ObjectBody>(bucket, std::move(data_key), std::move(version.pieces), wanted.offset, wanted.length);
  // A commit that gives the blobs up is on its way: after it, either they are gone or it failed.
  for (int wait = 0; !body->pin(); ++wait) {
    if (wait == kReplacementWaitsMax) co_return Error(ErrorCode::kNotFound, "the version is being replaced").with_retry(Retry::kAfterRefresh);
    const Woken woken = co_await bucket->partition().committed().wait(op, bucket->runtime().executor.now() + kReplacementWait);
    const bool late = bucket->runtime().executor.now() >= op.deadline;
    if (woken == Woken::kCancelled || (woken == Woken::kDeadline && late)) co_return woken_result(woken).error();
  }
  CO_TRY_OK(co_await body->prime(op));
  co_return std::unique_ptr<BodySource>(std::move(body));
}

}  // namespace farshore::objects
