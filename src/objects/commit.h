// SPDX-License-Identifier: Apache-2.0
// Mutation and commit_mutation: the loop of deciding, planning and committing that every change of a bucket goes through.
#pragma once

#include <optional>

#include "model/change.h"
#include "objects/bucket.h"
#include "objects/decision.h"

namespace farshore::objects {

/// How often a change is decided anew after a conflict before its error is given to the caller.
inline constexpr int kCommitAttemptsMax = 8;
/// A conflict with a commit that is not durable yet shows nothing new to read: wait for it, longer each time.
inline constexpr Duration kConflictWait = std::chrono::milliseconds(5);

/// One change, planned from what is stored now. Lives on the stack of the operation; its members carry the outcome.
class Mutation {
 public:
  virtual ~Mutation() = default;
  /// Reads what it needs and gives the batch, or nothing if there is nothing to change. Called again after a conflict, so
  /// it starts from scratch each time. Called with the settings that the commit will expect.
  virtual Task<Result<std::optional<storage::Batch>>> plan(OpContext op, BucketRef bucket, std::shared_ptr<const BucketSettings> settings) = 0;
  /// True for a conflict that a new plan cannot end.
  virtual bool gives_up(const Error& /*conflict*/) const { return false; }
};

/// Decides, plans and commits, again while only the guard or a row was in the way. The caller holds the key's lock.
/// Gives nothing if the plan had nothing to change.
///
/// Errors  kNoSuchBucket: deleted; kExpectationFailed: still in conflict after kCommitAttemptsMax; the decider's, the plan's, the commit's
Task<Result<std::optional<storage::CommitReceipt>>> commit_mutation(OpContext op, BucketRef bucket, Decider& decider, Mutation& mutation);

/// Locks, commits, and gives the freshly written pieces back if nothing can have taken them.
Task<Result<void>> commit_content(OpContext op, BucketRef bucket, Decider& decider, std::string lock_key, Mutation& mutation, std::vector<Piece> pieces);

/// Adds the journal record of a change to the batch. `content`: see Change::content.
void journal_change(storage::Batch& batch, ChangeKind kind, const ObjectKey& key, const Version& version, const Order& content = {});

/// True if deletions must be remembered: with no rule on the bucket nothing can replay an older change.
bool keeps_tombstones(const BucketSettings& settings);

}  // namespace farshore::objects
