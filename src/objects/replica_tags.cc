// SPDX-License-Identifier: Apache-2.0
#include "objects/replica_mutation.h"

namespace farshore::objects {
namespace {

/// Takes tags or an ACL over into the version they belong to, if their stamp is newer.
class ChangeReplica : public ReplicaMutation {
 public:
  ChangeReplica(ReplicaChange change, VersionId id, Order content, ChangeKind kind, Version incoming)
      : ReplicaMutation(std::move(change)), id_(std::move(id)), content_(content), kind_(kind), incoming_(std::move(incoming)) {}

 protected:
  Task<Result<ReplicaOutcome>> apply(OpContext op, std::shared_ptr<const BucketSettings>, KeyStack* stack, storage::Batch* batch) override {
    CO_TRY(std::optional<Version> version, co_await stack->find(op, id_));
    if (!version || (id_.is_null() && source_order(*version) != content_)) co_return ReplicaOutcome::kSuperseded;
    if (!merge_stamps(*version, incoming_)) co_return ReplicaOutcome::kAlreadyThere;
    stack->update(*version);
    CO_TRY(*batch, co_await stack->plan(op));
    version->origin = change_.origin;
    journal_change(*batch, kind_, change_.key, *version);
    co_return ReplicaOutcome::kApplied;
  }

 private:
  VersionId id_;
  Order content_;
  ChangeKind kind_;
  Version incoming_;
};

}  // namespace

Task<Result<ReplicaOutcome>> apply_replica_tags(OpContext op, BucketRef bucket, Decider& decider, ReplicaTags write) {
  const ObjectKey key = write.change.key;
  Version incoming;
  incoming.tags = std::move(write.tags);
  incoming.tags_stamp = write.stamp;
  ChangeReplica change(std::move(write.change), std::move(write.id), write.content, ChangeKind::kPutTags, std::move(incoming));
  co_return co_await commit_replica(op, bucket, decider, key, &change);
}

Task<Result<ReplicaOutcome>> apply_replica_acl(OpContext op, BucketRef bucket, Decider& decider, ReplicaAcl write) {
  const ObjectKey key = write.change.key;
  Version incoming;
  incoming.acl = write.acl;
  incoming.acl_stamp = write.stamp;
  ChangeReplica change(std::move(write.change), std::move(write.id), write.content, ChangeKind::kPutAcl, std::move(incoming));
  co_return co_await commit_replica(op, bucket, decider, key, &change);
}

}  // namespace farshore::objects
