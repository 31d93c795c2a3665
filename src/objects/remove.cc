// SPDX-License-Identifier: Apache-2.0
#include "objects/remove.h"

#include "objects/commit.h"
#include "objects/key_stack.h"
#include "objects/new_version.h"
#include "objects/replica.h"
#include "runtime/task_scope.h"
#include "storage/keys.h"

namespace farshore::objects {
namespace {

/// What a permanent deletion says in the journal: the deletion's own order, the version's id and kind.
Version deletion_of(const Version& gone, Order order) {
  Version deletion;
  deletion.id = gone.id;
  deletion.kind = gone.kind;
  deletion.order = order;
  deletion.storage_class = gone.storage_class;
  return deletion;
}

class DeleteObject : public Mutation {
 public:
  explicit DeleteObject(ObjectRef ref) : ref_(std::move(ref)) {}
  const DeleteResult& result() const { return result_; }

  Task<Result<std::optional<storage::Batch>>> plan(OpContext op, BucketRef bucket, std::shared_ptr<const BucketSettings> settings) override {
    result_ = DeleteResult();
    CO_TRY(KeyStack stack, co_await KeyStack::load(op, bucket->shared_partition(), ref_.key));
    const bool versioned = settings->versioning != Versioning::kDisabled;
    if (!ref_.version_id && versioned) co_return co_await insert_marker(op, bucket, settings, &stack);
    const VersionId id = ref_.version_id.value_or(VersionId::null());
    if (versioned) result_.version_id = id;
    CO_TRY(const std::optional<Version> version, co_await stack.find(op, id));
    if (!version) co_return std::optional<storage::Batch>();
    result_.delete_marker = version->kind == VersionKind::kDeleteMarker;
    co_return co_await delete_version(op, bucket, settings, &stack, *version);
  }

 private:
  Task<Result<std::optional<storage::Batch>>> insert_marker(OpContext op, BucketRef bucket, std::shared_ptr<const BucketSettings> settings,
                                                            KeyStack* stack) {
    Version marker;
    marker.kind = VersionKind::kDeleteMarker;
    marker.last_modified_millis = bucket->now_millis();
    CO_TRY(marker, co_await make_current(op, bucket, settings, stack, marker));
    result_ = DeleteResult{marker.id, true, true};
    CO_TRY(storage::Batch batch, co_await stack->plan(op));
    journal_change(batch, ChangeKind::kInsertMarker, ref_.key, marker);
    co_return std::optional<storage::Batch>(std::move(batch));
  }

  Task<Result<std::optional<storage::Batch>>> delete_version(OpContext op, BucketRef bucket, std::shared_ptr<const BucketSettings> settings,
                                                             KeyStack* stack, Version version) {
    const Version deletion = deletion_of(version, bucket->stamp(stack->newest_time()));
    stack->remove(version);
    const bool remember = keeps_tombstones(*settings);
    if (remember && settings->versioning == Versioning::kDisabled) {
      Version record = deletion;
      record.kind = VersionKind::kVoid;
      stack->leave_void(std::move(record));
    }
    CO_TRY(storage::Batch batch, co_await stack->plan(op));
    if (remember && settings->versioning != Versioning::kDisabled) {
      batch.put(storage::tombstone_row(ref_.key, tombstone_id(version)), storage::encode_order(deletion.order));
    }
    journal_change(batch, ChangeKind::kDeleteVersion, ref_.key, deletion, version.id.is_null() ? source_order(version) : Order{});
    co_return std::optional<storage::Batch>(std::move(batch));
  }

  ObjectRef ref_;
  DeleteResult result_;
};

Task<void> delete_into(OpContext op, BucketRef bucket, Decider& decider, ObjectRef ref, Permits* slots, std::optional<Result<DeleteResult>>* out) {
  out->emplace(co_await delete_object(op, bucket, decider, std::move(ref)));
  slots->release(1);
}

}  // namespace

Task<Result<DeleteResult>> delete_object(OpContext op, BucketRef bucket, Decider& decider, ObjectRef ref) {
  DeleteObject change(ref);
  CO_TRY(const AsyncMutex::Guard lock, co_await bucket->lock(op, ref.key.get()));
  CO_TRY_OK(co_await commit_mutation(op, bucket, decider, change));
  co_return change.result();
}

Task<std::vector<Result<DeleteResult>>> delete_many(OpContext op, BucketRef bucket, Decider& decider, std::vector<ObjectRef> refs) {
  std::vector<std::optional<Result<DeleteResult>>> outcomes(refs.size());
  Executor& executor = bucket->runtime().executor;
  Permits slots(executor, kDeleteManyConcurrent);
  TaskScope scope(executor);
  // If this frame is cut off (a simulated power cut), its deletions go with it.
  struct CutOff {
    ~CutOff() { scope.abandon(); }
    TaskScope& scope;
  } const cut_off{scope};
  for (std::size_t i = 0; i < refs.size(); ++i) {
    // Waits without the request's deadline: every slot comes back by itself, since each deletion heeds the deadline.
    static_cast<void>(co_await slots.acquire(OpContext(), 1));
    scope.spawn(delete_into(op, bucket, decider, std::move(refs[i]), &slots, &outcomes[i]));
  }
  co_await scope.drain();
  std::vector<Result<DeleteResult>> results;
  results.reserve(outcomes.size());
  for (auto& outcome : outcomes) results.push_back(*std::move(outcome));
  co_return results;
}

}  // namespace farshore::objects
