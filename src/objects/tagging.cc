// SPDX-License-Identifier: Apache-2.0
#include "objects/tagging.h"

#include <algorithm>

#include "objects/commit.h"
#include "objects/key_stack.h"

namespace farshore::objects {
namespace {

/// Changes one version in place.
class ChangeVersion : public Mutation {
 public:
  ChangeVersion(ObjectRef ref, ChangeKind kind) : ref_(std::move(ref)), kind_(kind) {}
  const ChangedVersion& result() const { return result_; }

  Task<Result<std::optional<storage::Batch>>> plan(OpContext op, BucketRef bucket, std::shared_ptr<const BucketSettings> settings) override {
    // Markers have neither tags nor ACL, so this fails for them as a read does.
    CO_TRY(const Version seen, co_await find_object(op, bucket, ref_));
    CO_TRY(KeyStack stack, co_await KeyStack::load(op, bucket->shared_partition(), ref_.key));
    CO_TRY(std::optional<Version> version, co_await stack.find(op, seen.id));
    if (!version) co_return Error(ErrorCode::kNoSuchKey, "The specified key does not exist.").with("Key", ref_.key.get());
    // Above the version's own stamps: they may be of a region whose clock is ahead, and the other end keeps the greater one.
    const HybridTime floor = std::max(version->tags_stamp.time, version->acl_stamp.time);
    change(*version, ChangeStamp{bucket->partition().stamp(floor), bucket->region()});
    // The record travels with this bucket's own change, whoever wrote the version once.
    Version journalled = *version;
    journalled.origin.reset();
    stack.update(*std::move(version));
    CO_TRY(storage::Batch batch, co_await stack.plan(op));
    journal_change(batch, kind_, ref_.key, journalled);
    result_.version_id = shown_version_id(*settings, journalled);
    co_return std::optional<storage::Batch>(std::move(batch));
  }

 protected:
  virtual void change(Version& version, ChangeStamp stamp) const = 0;

 private:
  ObjectRef ref_;
  ChangeKind kind_;
  ChangedVersion result_;
};

class ChangeTags : public ChangeVersion {
 public:
  ChangeTags(ObjectRef ref, TagSet tags) : ChangeVersion(std::move(ref), ChangeKind::kPutTags), tags_(std::move(tags)) {}

 private:
  void change(Version& version, ChangeStamp stamp) const override {
    version.tags = tags_;
    version.tags_stamp = stamp;
  }
  TagSet tags_;
};

class ChangeAcl : public ChangeVersion {
 public:
  ChangeAcl(ObjectRef ref, ObjectAcl acl) : ChangeVersion(std::move(ref), ChangeKind::kPutAcl), acl_(acl) {}

 private:
  void change(Version& version, ChangeStamp stamp) const override {
    version.acl = acl_;
    version.acl_stamp = stamp;
  }
  ObjectAcl acl_;
};

Task<Result<ChangedVersion>> commit_change(OpContext op, BucketRef bucket, Decider& decider, ObjectKey key, ChangeVersion* change) {
  CO_TRY(const AsyncMutex::Guard lock, co_await bucket->lock(op, key.get()));
  CO_TRY_OK(co_await commit_mutation(op, bucket, decider, *change));
  co_return change->result();
}

}  // namespace

std::optional<VersionId> shown_version_id(const BucketSettings& settings, const Version& version) {
  if (settings.versioning == Versioning::kDisabled) return std::nullopt;
  return version.id;
}

Task<Result<ChangedVersion>> put_tags(OpContext op, BucketRef bucket, Decider& decider, ObjectRef ref, TagSet tags) {
  ChangeTags change(ref, std::move(tags));
  co_return co_await commit_change(op, bucket, decider, ref.key, &change);
}

Task<Result<ChangedVersion>> delete_tags(OpContext op, BucketRef bucket, Decider& decider, ObjectRef ref) {
  ChangeTags change(ref, TagSet());
  co_return co_await commit_change(op, bucket, decider, ref.key, &change);
}

Task<Result<ChangedVersion>> put_acl(OpContext op, BucketRef bucket, Decider& decider, ObjectRef ref, ObjectAcl acl) {
  ChangeAcl change(ref, acl);
  co_return co_await commit_change(op, bucket, decider, ref.key, &change);
}

}  // namespace farshore::objects
