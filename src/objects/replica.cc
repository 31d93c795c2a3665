// SPDX-License-Identifier: Apache-2.0
#include "objects/replica.h"

#include "objects/content.h"
#include "objects/receive.h"
#include "objects/replica_mutation.h"
#include "storage/keys.h"
#include "storage/records.h"

namespace farshore::objects {
namespace {

class WriteReplica : public ReplicaMutation {
 public:
  explicit WriteReplica(ReplicaWrite write) : ReplicaMutation(std::move(write.change)), version_(std::move(write.version)), pieces_owned_(write.pieces_owned) {
    version_.origin = change_.origin;
    version_.order = change_.origin.order;
  }

 protected:
  Task<Result<ReplicaOutcome>> apply(OpContext op, std::shared_ptr<const BucketSettings> settings, KeyStack* stack, storage::Batch* batch) override {
    Version version = version_;
    CO_TRY(const ReplicaOutcome outcome, co_await land(op, settings, stack, &version, batch));
    if (outcome != ReplicaOutcome::kApplied) {
      // What the staging rows gave up and nobody takes.
      if (pieces_owned_) {
        for (const Piece& piece : version_.pieces) batch->release(piece.blob);
      }
      co_return outcome;
    }
    CO_TRY_OK(co_await stack->insert(op, version));
    CO_TRY(storage::Batch planned, co_await stack->plan(op));
    planned.expectations.insert(planned.expectations.end(), batch->expectations.begin(), batch->expectations.end());
    *batch = std::move(planned);
    if (!pieces_owned_) adopt_pieces(*batch, version.pieces);
    const bool marker = version.kind == VersionKind::kDeleteMarker;
    journal_change(*batch, marker ? ChangeKind::kInsertMarker : ChangeKind::kPutVersion, change_.key, version);
    co_return ReplicaOutcome::kApplied;
  }

 private:
  /// Finds the version's Order (and id), and takes out what it replaces.
  Task<Result<ReplicaOutcome>> land(OpContext op, std::shared_ptr<const BucketSettings> settings, KeyStack* stack, Version* version,
                                    storage::Batch* batch) {
    if (settings->versioning == Versioning::kDisabled) co_return land_unversioned(stack, version);
    const Bytes tombstone = storage::tombstone_row(change_.key, tombstone_id(*version));
    CO_TRY(const std::optional<storage::Row> buried, co_await stack->read_row(op, tombstone));
    if (!version->id.is_null()) {
      CO_TRY(std::optional<Version> present, co_await stack->find(op, version->id));
      if (present) co_return co_await merge(op, stack, *std::move(present), batch);
    }
    if (buried) co_return ReplicaOutcome::kSuperseded;
    batch->expect_absent(tombstone);
    if (version->id.is_null()) {
      CO_TRY(const ReplicaOutcome outcome, co_await land_null(op, stack, version));
      if (outcome != ReplicaOutcome::kApplied) co_return outcome;
    }
    CO_TRY(const std::vector<Version> above, co_await stack->at_or_above(op, change_.origin.order));
    Landing landing = objects::land(above, change_.origin, change_.two_way);
    for (auto& [moved, order] : landing.moved) {
      stack->remove(moved, false);
      moved.order = order;
      CO_TRY_OK(co_await stack->insert(op, std::move(moved)));
    }
    version->order = landing.order;
    co_return ReplicaOutcome::kApplied;
  }

  Result<ReplicaOutcome> land_unversioned(KeyStack* stack, Version* version) const {
    if (!version->id.is_null() || version->kind == VersionKind::kDeleteMarker) {
      return Error(ErrorCode::kInvalidBucketState, "a versioned source cannot write to a bucket without versioning");
    }
    const std::optional<Version> head = stack->loaded_head();
    if (head) {
      const bool own = same_source(*head, change_.origin);
      if (own && head->origin->order == change_.origin.order) return ReplicaOutcome::kAlreadyThere;
      if (own && head->origin->order > change_.origin.order) return ReplicaOutcome::kSuperseded;
      if (head->order >= change_.origin.order) {
        // An older change of the same source may have been raised while the rule back was not there yet; it never stops a newer one.
        if (change_.two_way && !own) return ReplicaOutcome::kSuperseded;
        version->order = raised_above(change_.origin.order, head->order);
      }
    }
    if (const Version* current = stack->current(); current != nullptr) stack->remove(Version(*current));
    return ReplicaOutcome::kApplied;
  }

  /// A null version meets the null version of a versioned bucket: an older one of its own source is replaced, any other
  /// content stays under a minted id. Where the rule leads both ways the newer one keeps the alias, at both ends.
  Task<Result<ReplicaOutcome>> land_null(OpContext op, KeyStack* stack, Version* version) const {
    CO_TRY(const std::optional<Version> kept, co_await stack->find(op, VersionId::mint(change_.origin.order)));
    if (kept) co_return ReplicaOutcome::kAlreadyThere;
    CO_TRY(std::optional<Version> present, co_await stack->find(op, VersionId::null()));
    if (!present) co_return ReplicaOutcome::kApplied;
    if (same_source(*present, change_.origin)) {
      if (present->origin->order == change_.origin.order) co_return ReplicaOutcome::kAlreadyThere;
      if (present->origin->order > change_.origin.order) co_return ReplicaOutcome::kSuperseded;
      stack->remove(*present);
      co_return ReplicaOutcome::kApplied;
    }
    if (change_.two_way && present->order >= change_.origin.order) {
      version->id = VersionId::mint(change_.origin.order);
    } else {
      // From the source order, never from one that was raised: that may be the source order of another version, whose id this would take.
      present->id = VersionId::mint(source_order(*present));
      stack->update(*std::move(present));
    }
    co_return ReplicaOutcome::kApplied;
  }

  /// The version is there: only newer tags and ACL are taken over.
  Task<Result<ReplicaOutcome>> merge(OpContext op, KeyStack* stack, Version present, storage::Batch* batch) const {
    if (!merge_stamps(present, version_)) co_return ReplicaOutcome::kAlreadyThere;
    stack->update(present);
    CO_TRY(*batch, co_await stack->plan(op));
    present.origin = change_.origin;
    journal_change(*batch, ChangeKind::kPutTags, change_.key, present);
    co_return ReplicaOutcome::kAlreadyThere;
  }

  Version version_;
  bool pieces_owned_;
};

class RowsOnly : public Mutation {
 public:
  explicit RowsOnly(storage::Batch rows) : rows_(std::move(rows)) {}
  Task<Result<std::optional<storage::Batch>>> plan(OpContext, BucketRef, std::shared_ptr<const BucketSettings>) override {
    co_return std::optional<storage::Batch>(rows_);
  }

 private:
  storage::Batch rows_;
};

}  // namespace

bool merge_stamps(Version& version, const Version& incoming) {
  bool merged = false;
  if (incoming.tags_stamp > version.tags_stamp) {
    version.tags = incoming.tags;
    version.tags_stamp = incoming.tags_stamp;
    merged = true;
  }
  if (incoming.acl_stamp > version.acl_stamp) {
    version.acl = incoming.acl;
    version.acl_stamp = incoming.acl_stamp;
    merged = true;
  }
  return merged;
}

Task<Result<ReplicaOutcome>> commit_replica(OpContext op, BucketRef bucket, Decider& decider, ObjectKey key, ReplicaMutation* mutation) {
  CO_TRY(const AsyncMutex::Guard lock, co_await bucket->lock(op, key.get()));
  CO_TRY_OK(co_await commit_mutation(op, bucket, decider, *mutation));
  co_return mutation->outcome();
}

Task<Result<ReplicaOutcome>> apply_replica(OpContext op, BucketRef bucket, Decider& decider, ReplicaWrite write) {
  const ObjectKey key = write.change.key;
  const std::vector<Piece> unowned = write.pieces_owned ? std::vector<Piece>() : write.version.pieces;
  WriteReplica change(std::move(write));
  Result<ReplicaOutcome> outcome = co_await commit_replica(op, bucket, decider, key, &change);
  const bool unused = outcome ? *outcome != ReplicaOutcome::kApplied : outcome.error().effect() == Effect::kNone;
  if (unused) co_await discard_pieces(op, bucket->stores(), unowned);
  co_return outcome;
}

Task<Result<std::optional<Version>>> find_changed(OpContext op, BucketRef bucket, Change change) {
  // Nearly always the current version: the head row by itself, without a stack that could be changed.
  CO_TRY(const std::optional<storage::Row> head, co_await bucket->partition().get(op, storage::head_row(change.key)));
  if (!head) co_return std::optional<Version>();
  CO_TRY(Version current, storage::decode_version(head->value));
  const bool is_current = current.kind != VersionKind::kVoid && current.id == change.version && (!change.version.is_null() || current.order == change.order);
  if (is_current) co_return std::optional<Version>(std::move(current));
  for (int attempt = 0; attempt < kLooksMax; ++attempt) {
    CO_TRY(KeyStack stack, co_await KeyStack::load(op, bucket->shared_partition(), change.key));
    CO_TRY(std::optional<Version> version, co_await stack.find(op, change.version));
    if (version && (!change.version.is_null() || version->order == change.order)) co_return version;
    if (change.version.is_null()) {
      CO_TRY(version, co_await stack.find(op, VersionId::mint(change.order)));
      if (version) co_return version;
    }
    CO_TRY(const bool absent, co_await stack.unmoved(op));
    if (absent) co_return std::nullopt;
  }
  co_return key_keeps_changing();
}

Task<Result<void>> apply_rows(OpContext op, BucketRef bucket, Decider& decider, storage::Batch rows) {
  RowsOnly change(std::move(rows));
  CO_TRY_OK(co_await commit_mutation(op, bucket, decider, change));
  co_return Result<void>();
}

}  // namespace farshore::objects
