// SPDX-License-Identifier: Apache-2.0
// ReplicaMutation: what the application of every kind of replicated change shares.
#pragma once

#include <algorithm>

#include "objects/commit.h"
#include "objects/key_stack.h"
#include "objects/landing.h"
#include "objects/replica.h"

namespace farshore::objects {

/// Plans a replicated change together with the stream's rows, which are committed whatever the outcome.
class ReplicaMutation : public Mutation {
 public:
  explicit ReplicaMutation(ReplicaChange change) : change_(std::move(change)) {}
  ReplicaOutcome outcome() const { return outcome_; }

  Task<Result<std::optional<storage::Batch>>> plan(OpContext op, BucketRef bucket, std::shared_ptr<const BucketSettings> settings) final {
    bucket->partition().observe(change_.origin.order.time);
    CO_TRY(KeyStack stack, co_await KeyStack::load(op, bucket->shared_partition(), change_.key));
    storage::Batch batch;
    CO_TRY(outcome_, co_await apply(op, settings, &stack, &batch));
    const storage::Batch& rows = change_.rows;
    batch.expectations.insert(batch.expectations.end(), rows.expectations.begin(), rows.expectations.end());
    batch.mutations.insert(batch.mutations.end(), rows.mutations.begin(), rows.mutations.end());
    batch.blobs.insert(batch.blobs.end(), rows.blobs.begin(), rows.blobs.end());
    co_return std::optional<storage::Batch>(std::move(batch));
  }

  /// A row of the stream that is not as the sender's position has it: another batch has applied the change.
  bool gives_up(const Error& conflict) const final {
    return std::ranges::any_of(change_.rows.expectations, [&](const auto& expected) { return expected.key == conflict.detail("row"); });
  }

 protected:
  /// Decides what the change means here and puts it into the batch (empty so far), journal record included.
  virtual Task<Result<ReplicaOutcome>> apply(OpContext op, std::shared_ptr<const BucketSettings> settings, KeyStack* stack, storage::Batch* batch) = 0;
  ReplicaChange change_;

 private:
  ReplicaOutcome outcome_ = ReplicaOutcome::kSuperseded;
};

/// Locks the key and commits.
Task<Result<ReplicaOutcome>> commit_replica(OpContext op, BucketRef bucket, Decider& decider, ObjectKey key, ReplicaMutation* mutation);

/// Takes tags and ACL with newer stamps over into `version`; true if any were.
bool merge_stamps(Version& version, const Version& incoming);

}  // namespace farshore::objects
