// SPDX-License-Identifier: Apache-2.0
#include "objects/new_version.h"

namespace farshore::objects {

Encryption encryption_of(const NewObject& object, const BucketSettings& settings) { return object.encryption.value_or(settings.default_encryption); }

Version shape_of(const NewObject& object, const BucketSettings& settings) {
  Version version;
  version.storage_class = object.storage_class.value_or(settings.storage_class);
  version.metadata = object.metadata;
  version.tags = object.tags;
  version.acl = object.acl;
  return version;
}

Result<void> check_overwrite(const BucketSettings& settings, const KeyStack& stack) {
  if (settings.versioning != Versioning::kDisabled || stack.current() == nullptr) return {};
  return Error(ErrorCode::kFileAlreadyExists, "The object you specified already exists and can not be overwritten.").with("Key", stack.key().get());
}

Task<Result<Version>> make_current(OpContext op, BucketRef bucket, std::shared_ptr<const BucketSettings> settings, KeyStack* stack, Version version) {
  if (settings->versioning != Versioning::kEnabled) {
    // An unversioned bucket has nothing but the head; a suspended one may have its null version anywhere.
    CO_TRY(const std::optional<Version> replaced, co_await stack->find(op, VersionId::null()));
    version.order = bucket->stamp(stack->newest_time());
    version.id = VersionId::null();
    if (replaced) stack->remove(*replaced);
  } else {
    version.order = bucket->stamp(stack->newest_time());
    version.id = VersionId::mint(version.order);
  }
  version.tags_stamp = ChangeStamp{version.order.time, version.order.region};
  version.acl_stamp = version.tags_stamp;
  version.origin.reset();
  CO_TRY_OK(co_await stack->insert(op, version));
  co_return version;
}

Task<Result<std::optional<storage::Batch>>> NewVersion::plan(OpContext op, BucketRef bucket, std::shared_ptr<const BucketSettings> settings) {
  CO_TRY(KeyStack stack, co_await KeyStack::load(op, bucket->shared_partition(), key_));
  if (forbid_overwrite_) CO_TRY_OK(check_overwrite(*settings, stack));
  versioned_ = settings->versioning != Versioning::kDisabled;
  version_.last_modified_millis = bucket->now_millis();
  CO_TRY(version_, co_await make_current(op, bucket, settings, &stack, version_));
  CO_TRY(storage::Batch batch, co_await stack.plan(op));
  CO_TRY_OK(co_await own(op, bucket, &batch));
  journal_change(batch, ChangeKind::kPutVersion, key_, version_);
  co_return std::optional<storage::Batch>(std::move(batch));
}

PutResult NewVersion::result() const {
  PutResult result;
  if (versioned_) result.version_id = version_.id;
  result.etag = version_.etag;
  result.content_md5 = version_.content_md5;
  result.crc64 = version_.crc64;
  result.size = version_.size;
  result.last_modified_millis = version_.last_modified_millis;
  result.encryption = version_.sealing.algorithm;
  return result;
}

}  // namespace farshore::objects
