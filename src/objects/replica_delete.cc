// SPDX-License-Identifier: Apache-2.0
#include "objects/replica_mutation.h"
#include "storage/keys.h"

namespace farshore::objects {
namespace {

class DeleteReplica : public ReplicaMutation {
 public:
  DeleteReplica(ReplicaChange change, VersionId id, Order content) : ReplicaMutation(std::move(change)), id_(std::move(id)), content_(content) {}

 protected:
  Task<Result<ReplicaOutcome>> apply(OpContext op, std::shared_ptr<const BucketSettings> settings, KeyStack* stack, storage::Batch* batch) override {
    if (settings->versioning == Versioning::kDisabled && id_.is_null()) co_return co_await end_object(op, stack, batch);
    CO_TRY(const std::optional<Version> version, co_await meant(op, stack));
    if (version) {
      stack->remove(*version);
      CO_TRY(*batch, co_await stack->plan(op));
      journal_change(*batch, ChangeKind::kDeleteVersion, change_.key, record_of(*version), id_.is_null() ? content_ : Order{});
    }
    // Also where the version has not arrived: it must not when it comes after its own deletion.
    const bool known = !id_.is_null() || content_ != Order{};
    if (!known) co_return version ? ReplicaOutcome::kApplied : ReplicaOutcome::kSuperseded;
    const Bytes tombstone = storage::tombstone_row(change_.key, id_.is_null() ? VersionId::mint(content_) : id_);
    CO_TRY(const std::optional<storage::Row> buried, co_await stack->read_row(op, tombstone));
    if (!buried) batch->put(tombstone, storage::encode_order(change_.origin.order));
    if (version) co_return ReplicaOutcome::kApplied;
    co_return buried ? ReplicaOutcome::kAlreadyThere : ReplicaOutcome::kSuperseded;
  }

 private:
  /// The version that the deletion names. A null version is known by its content's order, since other content may stand
  /// under the alias here and what is meant may have got an id of its own.
  Task<Result<std::optional<Version>>> meant(OpContext op, KeyStack* stack) const {
    CO_TRY(std::optional<Version> version, co_await stack->find(op, id_));
    if (!id_.is_null()) co_return version;
    if (content_ == Order{}) {
      const bool own_older = version && same_source(*version, change_.origin) && version->origin->order < change_.origin.order;
      if (!own_older) version.reset();
      co_return version;
    }
    if (version && source_order(*version) == content_) co_return version;
    co_return co_await stack->find(op, VersionId::mint(content_));
  }

  Version record_of(const Version& gone) const {
    Version record;
    record.id = gone.id;
    record.kind = gone.kind;
    record.order = change_.origin.order;
    record.storage_class = gone.storage_class;
    record.origin = change_.origin;
    return record;
  }

  /// The object of a bucket without versioning ends in a void record that says when and by whom.
  Task<Result<ReplicaOutcome>> end_object(OpContext op, KeyStack* stack, storage::Batch* batch) {
    const std::optional<Version> head = stack->loaded_head();
    Version record;
    record.kind = VersionKind::kVoid;
    record.order = change_.origin.order;
    record.origin = change_.origin;
    if (head) {
      const bool own = same_source(*head, change_.origin);
      if (own && head->origin->order == change_.origin.order) co_return ReplicaOutcome::kAlreadyThere;
      if (own && head->origin->order > change_.origin.order) co_return ReplicaOutcome::kSuperseded;
      if (head->order >= change_.origin.order) {
        if (change_.two_way) co_return ReplicaOutcome::kSuperseded;
        record.order = raised_above(change_.origin.order, head->order);
      }
    }
    const bool was_there = stack->current() != nullptr;
    if (was_there) stack->remove(Version(*stack->current()));
    stack->leave_void(record);
    CO_TRY(*batch, co_await stack->plan(op));
    if (was_there) journal_change(*batch, ChangeKind::kDeleteVersion, change_.key, record_of(*head));
    co_return ReplicaOutcome::kApplied;
  }

  VersionId id_;
  Order content_;
};

}  // namespace

Task<Result<ReplicaOutcome>> apply_replica_delete(OpContext op, BucketRef bucket, Decider& decider, ReplicaChange change, VersionId id, Order content) {
  const ObjectKey key = change.key;
  DeleteReplica mutation(std::move(change), std::move(id), content);
  co_return co_await commit_replica(op, bucket, decider, key, &mutation);
}

}  // namespace farshore::objects
