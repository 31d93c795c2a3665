// SPDX-License-Identifier: Apache-2.0
#include "objects/get.h"

#include "objects/content.h"
#include "objects/key_stack.h"
#include "storage/keys.h"
#include "storage/records.h"

namespace farshore::objects {
namespace {

constexpr int kReplacementWaitsMax = 200;
constexpr Duration kReplacementWait = std::chrono::milliseconds(10);

Error no_such_key(const ObjectRef& ref) { return Error(ErrorCode::kNoSuchKey, "The specified key does not exist.").with("Key", ref.key.get()); }

/// The current version is the head row: a stack, which is made to be changed, would copy it three times.
Result<std::optional<Version>> current_in(const std::optional<storage::Row>& head) {
  std::optional<Version> current;
  if (head) {
    TRY(current, storage::decode_version(head->value));
    if (current->kind == VersionKind::kVoid) current.reset();
  }
  return current;
}

}  // namespace

Task<Result<std::optional<Version>>> find_any(OpContext op, BucketRef bucket, ObjectRef ref) {
  if (ref.version_id) {
    for (int attempt = 0; attempt < kLooksMax; ++attempt) {
      CO_TRY(KeyStack stack, co_await KeyStack::load(op, bucket->shared_partition(), ref.key));
      CO_TRY(std::optional<Version> version, co_await stack.find(op, *ref.version_id));
      if (version) co_return version;
      CO_TRY(const bool absent, co_await stack.unmoved(op));
      if (absent) co_return std::nullopt;
    }
    co_return key_keeps_changing();
  }
  CO_TRY(const std::optional<storage::Row> head, co_await bucket->partition().get(std::move(op), storage::head_row(ref.key)));
  co_return current_in(head);
}

Task<Result<Version>> find_object(OpContext op, BucketRef bucket, ObjectRef ref) {
  std::optional<Version> version;
  if (ref.version_id) {
    CO_TRY(version, co_await find_any(op, bucket, ref));
  } else {
    CO_TRY(const std::optional<storage::Row> head, co_await bucket->partition().get(op, storage::head_row(ref.key)));
    CO_TRY(version, current_in(head));
  }
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

namespace {

/// The bytes, pinned, with the first piece read.
Task<Result<std::unique_ptr<ObjectBody>>> open_pinned(OpContext op, BucketRef bucket, Version version, std::optional<ByteRange> range) {
  const ByteRange wanted = range.value_or(ByteRange{0, version.size});
  if (wanted.offset > version.size || wanted.length > version.size - wanted.offset) {
    co_return Error(ErrorCode::kInvalidRange, "The requested range cannot be satisfied.");
  }
  Secret data_key;
  if (version.sealing.algorithm != Encryption::kNone) {
    CO_TRY(data_key, co_await bucket->stores().keys.open(op, version.sealing));
  }
  auto body = std::make_unique<ObjectBody>(bucket, std::move(data_key), std::move(version.pieces), wanted.offset, wanted.length);
  // A commit that gives the blobs up is on its way: after it, either they are gone or it failed.
  for (int wait = 0; !body->pin(); ++wait) {
    if (wait == kReplacementWaitsMax) co_return Error(ErrorCode::kNotFound, "the version is being replaced").with_retry(Retry::kAfterRefresh);
    const Woken woken = co_await bucket->partition().committed().wait(op, bucket->runtime().executor.now() + kReplacementWait);
    const bool late = bucket->runtime().executor.now() >= op.deadline;
    if (woken == Woken::kCancelled || (woken == Woken::kDeadline && late)) co_return woken_result(woken).error();
  }
  CO_TRY_OK(co_await body->prime(op));
  co_return body;
}

}  // namespace

Task<Result<std::unique_ptr<BodySource>>> open_body(OpContext op, BucketRef bucket, Version version, std::optional<ByteRange> range) {
  CO_TRY(std::unique_ptr<ObjectBody> body, co_await open_pinned(std::move(op), std::move(bucket), std::move(version), range));
  co_return std::unique_ptr<BodySource>(std::move(body));
}

Task<Result<OpenedContent>> open_content(OpContext op, BucketRef bucket, Version version, std::optional<ByteRange> range) {
  CO_TRY(std::unique_ptr<ObjectBody> body, co_await open_pinned(std::move(op), std::move(bucket), std::move(version), range));
  OpenedContent opened;
  if (auto whole = body->take_whole()) {
    opened.whole = *std::move(whole);
  } else {
    opened.source = std::move(body);
  }
  co_return opened;
}

}  // namespace farshore::objects
