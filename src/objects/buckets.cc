// SPDX-License-Identifier: Apache-2.0
#include "objects/buckets.h"

#include "base/check.h"
#include "objects/commit.h"
#include "storage/keys.h"
#include "storage/records.h"

namespace farshore::objects {
namespace {

Error no_such_bucket() { return Error(ErrorCode::kNoSuchBucket, "The specified bucket does not exist."); }

Guard guard_of(BucketSettings settings, Sequence version) {
  return Guard{std::make_shared<const BucketSettings>(std::move(settings)), version};
}

/// References to blobs that were given up while somebody read them.
Task<Result<std::vector<ReadPins::Held>>> held_references(OpContext op, std::shared_ptr<storage::Partition> partition) {
  std::vector<ReadPins::Held> held;
  storage::ScanRange range{held_rows(), storage::prefix_end(held_rows())};
  for (bool more = true; more;) {
    CO_TRY(const storage::ScanPage page, co_await partition->scan(op, range));
    for (const storage::Row& row : page.rows) held.push_back({row.key, blob_of_held_row(row.key)});
    more = page.more;
    if (more) range.begin = page.rows.back().key + '\0';
  }
  co_return held;
}

}  // namespace

Task<Result<BucketRef>> Buckets::open(OpContext op, BucketId id) {
  if (const auto found = open_.find(id); found != open_.end()) co_return found->second;
  CO_TRY(std::shared_ptr<storage::Partition> partition, co_await stores_.metadata.open(op, PartitionId{id, 0}));
  CO_TRY(std::optional<storage::Row> row, co_await partition->get(op, storage::guard_row()));
  if (!row) co_return no_such_bucket();
  CO_TRY(BucketSettings settings, storage::decode_settings(row->value));
  if (settings.deleted) co_return no_such_bucket();
  CO_TRY(const std::vector<ReadPins::Held> held, co_await held_references(op, partition));
  // Two openers must end with one Bucket, or their locks would not exclude each other.
  if (const auto found = open_.find(id); found != open_.end()) co_return found->second;
  auto bucket = std::make_shared<Bucket>(stores_, std::move(partition), guard_of(std::move(settings), row->version));
  open_.emplace(id, bucket);
  for (const ReadPins::Held& reference : held) bucket->pins().add_due(reference);
  co_return bucket;
}

Task<Result<BucketRef>> Buckets::open_removed(OpContext op, BucketId id) {
  CO_TRY(std::shared_ptr<storage::Partition> partition, co_await stores_.metadata.open(op, PartitionId{id, 0}));
  CO_TRY(const std::optional<storage::Row> row, co_await partition->get(op, storage::guard_row()));
  if (!row) co_return no_such_bucket();
  CO_TRY(BucketSettings settings, storage::decode_settings(row->value));
  if (!settings.deleted) co_return no_such_bucket();
  co_return std::make_shared<Bucket>(stores_, std::move(partition), guard_of(std::move(settings), row->version));
}

Task<Result<BucketRef>> Buckets::create(OpContext op, BucketSettings settings) {
  CO_TRY(std::shared_ptr<storage::Partition> partition, co_await stores_.metadata.open(op, PartitionId{settings.id, 0}));
  storage::Batch batch;
  batch.expect_absent(storage::guard_row());
  batch.put(storage::guard_row(), storage::encode_settings(settings));
  const BucketId id = settings.id;
  if (auto receipt = co_await partition->commit(op, std::move(batch)); !receipt) {
    if (receipt.error().code() != ErrorCode::kExpectationFailed) co_return std::move(receipt).error();
    CO_TRY(std::optional<storage::Row> row, co_await partition->get(op, storage::guard_row()));
    if (!row) co_return std::move(receipt).error();
    CO_TRY(const BucketSettings present, storage::decode_settings(row->value));
    if (present != settings) co_return Error(ErrorCode::kBucketAlreadyExists, "a bucket of this id exists");
  }
  co_return co_await open(op, id);
}

Task<Result<Guard>> Buckets::edit(OpContext op, BucketRef bucket, Decider& decider, Edit edit) {
  CO_TRY(const AsyncMutex::Guard lock, co_await bucket->settings_lock_.lock(op));
  Error conflict(ErrorCode::kExpectationFailed, "the bucket's settings keep changing");
  for (int attempt = 0; attempt < kCommitAttemptsMax; ++attempt) {
    CO_TRY(const Sequence decided, co_await decider.decide(op, *bucket));
    const Guard guard = bucket->guard();
    if (guard.version != decided) continue;
    if (guard.settings->deleted) co_return no_such_bucket();
    BucketSettings settings = *guard.settings;
    storage::Batch batch;
    CO_TRY_OK(edit(settings, batch));
    if (settings == *guard.settings && batch.mutations.empty()) co_return guard;
    batch.expect_version(storage::guard_row(), guard.version);
    batch.put(storage::guard_row(), storage::encode_settings(settings));
    auto receipt = co_await bucket->partition().commit(op, std::move(batch));
    if (receipt) {
      if (receipt->sequence > bucket->guard_.version) bucket->guard_ = guard_of(std::move(settings), receipt->sequence);
      co_return bucket->guard();
    }
    if (receipt.error().code() != ErrorCode::kExpectationFailed) co_return std::move(receipt).error();
    conflict = std::move(receipt).error();
    CO_TRY_OK(co_await bucket->refresh(op));
  }
  co_return conflict;
}

Task<Result<Guard>> Buckets::set_versioning(OpContext op, BucketRef bucket, Decider& decider, Versioning versioning) {
  co_return co_await edit(op, bucket, decider, [versioning](BucketSettings& settings, storage::Batch&) -> Result<void> {
    if (settings.versioning == versioning) return {};
    if (versioning == Versioning::kDisabled) return Error(ErrorCode::kInvalidArgument, "versioning can be suspended but never taken away");
    // Rule: OSS, "Versioning": the state is frozen while a replication rule refers to the bucket.
    if (keeps_tombstones(settings)) return Error(ErrorCode::kInvalidBucketState, "a replication rule refers to this bucket, so its versioning state is frozen");
    settings.versioning = versioning;
    return {};
  });
}

Task<Result<Guard>> Buckets::set_policy(OpContext op, BucketRef bucket, Decider& decider, std::string policy) {
  co_return co_await edit(op, bucket, decider, [policy](BucketSettings& settings, storage::Batch&) -> Result<void> {
    settings.policy = policy;
    return {};
  });
}

Task<Result<Guard>> Buckets::set_encryption(OpContext op, BucketRef bucket, Decider& decider, Encryption encryption) {
  co_return co_await edit(op, bucket, decider, [encryption](BucketSettings& settings, storage::Batch&) -> Result<void> {
    settings.default_encryption = encryption;
    return {};
  });
}

Task<Result<Guard>> Buckets::set_acl(OpContext op, BucketRef bucket, Decider& decider, BucketAcl acl) {
  co_return co_await edit(op, bucket, decider, [acl](BucketSettings& settings, storage::Batch&) -> Result<void> {
    settings.acl = acl;
    return {};
  });
}

Task<Result<bool>> Buckets::empty(OpContext op, BucketRef bucket) {
  for (const char row_class : {'u', 'v'}) {
    storage::ScanRange range{Bytes(1, row_class), storage::prefix_end(Bytes(1, row_class)), 1};
    CO_TRY(const storage::ScanPage page, co_await bucket->partition().scan(op, std::move(range)));
    if (!page.rows.empty()) co_return false;
  }
  storage::ScanRange range{"h", storage::prefix_end("h")};
  for (bool more = true; more;) {
    CO_TRY(const storage::ScanPage page, co_await bucket->partition().scan(op, range));
    for (const storage::Row& row : page.rows) {
      CO_TRY(const Version version, storage::decode_version(row.value));
      if (version.kind != VersionKind::kVoid) co_return false;
    }
    more = page.more;
    if (more) range.begin = page.rows.back().key + '\0';
  }
  co_return true;
}

Task<Result<void>> Buckets::remove(OpContext op, BucketRef bucket, Decider& decider) {
  /// Keeps commits out while the bucket is looked through; opens the gate again however this ends.
  struct ClosedGate {
    explicit ClosedGate(Bucket& owner) : bucket(owner) { bucket.gate_closed_ = true; }
    ~ClosedGate() {
      bucket.gate_closed_ = false;
      bucket.gate_.notify_all();
    }
    Bucket& bucket;
  };
  {
    // Not under settings_lock_, which edit() takes below: a second deletion finds the gate closed and waits its turn.
    CO_TRY_OK(co_await bucket->enter(op));
    --bucket->inside_;
    const ClosedGate gate(*bucket);
    while (bucket->inside_ > 0) CO_TRY_OK(woken_result(co_await bucket->gate_.wait(op)));
    CO_TRY(const bool is_empty, co_await empty(op, bucket));
    if (!is_empty) co_return Error(ErrorCode::kBucketNotEmpty, "The bucket you tried to delete is not empty.");
    CO_TRY(const std::vector<ReadPins::Held> held, co_await held_references(op, bucket->shared_partition()));
    CO_TRY_OK(co_await edit(op, bucket, decider, [&held](BucketSettings& settings, storage::Batch& batch) -> Result<void> {
      settings.deleted = true;
      for (const ReadPins::Held& reference : held) {
        batch.erase(reference.row);
        batch.release(reference.blob);
      }
      return {};
    }));
  }
  open_.erase(bucket->id());
  co_return Result<void>();
}

Task<Result<void>> Buckets::drop(OpContext op, BucketId id) {
  open_.erase(id);
  co_return co_await stores_.metadata.drop(op, PartitionId{id, 0});
}

std::vector<BucketRef> Buckets::opened() const {
  std::vector<BucketRef> buckets;
  for (const auto& [id, bucket] : open_) buckets.push_back(bucket);
  return buckets;
}

}  // namespace farshore::objects
