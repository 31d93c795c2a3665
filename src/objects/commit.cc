// SPDX-License-Identifier: Apache-2.0
#include "objects/commit.h"

#include "objects/content.h"
#include "storage/keys.h"
#include "storage/records.h"

namespace farshore::objects {
namespace {

/// Counts a commit in at the gate and out when it ends, however it ends.
class Inside {
 public:
  explicit Inside(BucketRef bucket) : bucket_(std::move(bucket)) {}
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;
  ~Inside() { bucket_->leave(); }

 private:
  BucketRef bucket_;
};

}  // namespace

Task<Result<std::optional<storage::CommitReceipt>>> commit_mutation(OpContext op, BucketRef bucket, Decider& decider, Mutation& mutation) {
  Error conflict(ErrorCode::kExpectationFailed, "the bucket's settings keep changing");
  for (int attempt = 0; attempt < kCommitAttemptsMax; ++attempt) {
    CO_TRY(const Sequence decided, co_await decider.decide(op, *bucket));
    if (!bucket->try_enter()) CO_TRY_OK(co_await bucket->enter(op));
    const Inside inside(bucket);
    const Guard guard = bucket->guard();
    if (guard.version != decided) continue;  // the cache moved on while the decision was made
    if (guard.settings->deleted) co_return Error(ErrorCode::kNoSuchBucket, "the bucket was deleted").with("BucketName", guard.settings->name.get());
    CO_TRY(std::optional<storage::Batch> batch, co_await mutation.plan(op, bucket, guard.settings));
    if (!batch) co_return std::optional<storage::CommitReceipt>();
    batch->expect_version(storage::guard_row(), guard.version);
    ReadPins::Plan pins = bucket->pins().prepare(*batch, bucket->stamp());
    auto receipt = co_await bucket->partition().commit(op, *std::move(batch));
    bucket->pins().settle(std::move(pins), receipt.has_value(), !receipt && receipt.error().effect() == Effect::kMaybeApplied);
    if (receipt) co_return std::optional<storage::CommitReceipt>(*receipt);
    if (receipt.error().code() != ErrorCode::kExpectationFailed) co_return std::move(receipt).error();
    conflict = std::move(receipt).error();
    if (mutation.gives_up(conflict)) break;
    CO_TRY_OK(co_await bucket->refresh(op));
    if (bucket->guard().version == guard.version) {
      const Instant until = bucket->runtime().executor.now() + kConflictWait * (attempt + 1);
      const Woken woken = co_await bucket->partition().committed().wait(op, until);
      if (woken == Woken::kCancelled) co_return woken_result(woken).error();
    }
  }
  co_return conflict;
}

Task<Result<void>> commit_content(OpContext op, BucketRef bucket, Decider& decider, std::string lock_key, Mutation& mutation,
                                  std::vector<Piece> pieces) {
  auto lock = co_await bucket->lock(op, std::move(lock_key));
  std::optional<Error> failure;
  if (!lock) failure = std::move(lock).error();
  if (!failure) {
    auto committed = co_await commit_mutation(op, bucket, decider, mutation);
    if (committed) co_return Result<void>();
    failure = std::move(committed).error();
  }
  // What may have been applied may own the blobs; if nobody does, the store drops them at its next start.
  if (failure->effect() == Effect::kNone) co_await discard_pieces(op, bucket->stores(), std::move(pieces));
  co_return *std::move(failure);
}

void journal_change(storage::Batch& batch, ChangeKind kind, const ObjectKey& key, const Version& version, const Order& content) {
  Change change;
  change.kind = kind;
  change.key = key;
  change.version = version.id;
  change.order = version.order;
  change.content = content;
  change.version_kind = version.kind;
  change.size = version.size;
  change.storage_class = version.storage_class;
  change.encryption = version.sealing.algorithm;
  change.origin = version.origin;
  batch.journal(storage::encode_change(change));
}

bool keeps_tombstones(const BucketSettings& settings) { return !settings.outgoing_rules.empty() || !settings.incoming_rules.empty(); }

}  // namespace farshore::objects
