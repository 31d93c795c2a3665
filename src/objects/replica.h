// SPDX-License-Identifier: Apache-2.0
// Applying replicas: where a version, a deletion, tags or an ACL from another bucket land (docs/adr/0004-order-and-identity.md).
#pragma once

#include "model/change.h"
#include "objects/bucket.h"
#include "objects/decision.h"

namespace farshore::objects {

enum class ReplicaOutcome : std::uint8_t {
  kApplied,
  kAlreadyThere,  ///< that version, deletion or stamp was applied before
  kSuperseded,    ///< something newer stands in its place, or what it changes is gone
};

/// What every replicated change says about itself.
struct ReplicaChange {
  ObjectKey key;
  Origin origin;         ///< source bucket, the change's sequence there, and its source order
  bool two_way = false;  ///< a rule leads from this bucket back to the source: order alone decides
  /// Rows of the stream's position (or of staging) that are committed with the change, whatever the outcome.
  storage::Batch rows;
};

/// A data version or delete marker as it is at the source: id, kind, metadata, tags, stamps, last-modified; `pieces` and
/// `sealing` are those written here (see content.h). Its order is origin.order.
struct ReplicaWrite {
  ReplicaChange change;
  Version version;
  /// The pieces are already owned (by staging rows that `rows` erases): the reference passes on, or is released if the
  /// version is not taken. Otherwise they are finished and unowned: adopted, or discarded.
  bool pieces_owned = false;
};

/// On ok the change and its rows are durable in one commit, with a journal record that carries the origin.
///
/// Errors  kExpectationFailed: an expectation among `rows` does not hold (the change was applied by another batch)
///         kNoSuchBucket, the decider's, storage's; after an error unowned pieces are discarded unless kMaybeApplied
Task<Result<ReplicaOutcome>> apply_replica(OpContext op, BucketRef bucket, Decider& decider, ReplicaWrite write);

/// A permanent deletion: of the version with that id, or of the object of an unversioned bucket (null).
/// origin.order is the order of the deletion itself. `content` is Change::content: which null version is meant, whatever
/// stands under the alias here; zero: the alias as far as it holds older content of the same source.
Task<Result<ReplicaOutcome>> apply_replica_delete(OpContext op, BucketRef bucket, Decider& decider, ReplicaChange change, VersionId id, Order content = {});

/// Tags or the ACL of a version, as they are at the source. `content` is the source order of the version they belong to:
/// a null version of other content is left alone.
struct ReplicaTags {
  ReplicaChange change;
  VersionId id;
  Order content;
  TagSet tags;
  ChangeStamp stamp;
};
Task<Result<ReplicaOutcome>> apply_replica_tags(OpContext op, BucketRef bucket, Decider& decider, ReplicaTags write);
struct ReplicaAcl {
  ReplicaChange change;
  VersionId id;
  Order content;
  ObjectAcl acl = ObjectAcl::kDefault;
  ChangeStamp stamp;
};
Task<Result<ReplicaOutcome>> apply_replica_acl(OpContext op, BucketRef bucket, Decider& decider, ReplicaAcl write);

/// Commits only the rows (a skipped change's position), under the guard.
Task<Result<void>> apply_rows(OpContext op, BucketRef bucket, Decider& decider, storage::Batch rows);

/// The version (or delete marker) that a journal record of this bucket speaks of, as it stands now: with today's tags, and
/// under today's id if a null version had to give up its alias. Nothing: it is gone or was replaced.
Task<Result<std::optional<Version>>> find_changed(OpContext op, BucketRef bucket, Change change);

/// The order a version had where it was written first.
inline const Order& source_order(const Version& version) { return version.origin ? version.origin->order : version.order; }

/// What a tombstone calls a version: its id, or for a null version the id its content would have had.
inline VersionId tombstone_id(const Version& version) { return version.id.is_null() ? VersionId::mint(source_order(version)) : version.id; }

}  // namespace farshore::objects
