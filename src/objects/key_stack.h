// SPDX-License-Identifier: Apache-2.0
// KeyStack: the versions of one key, newest first, and the rows that any change of them moves.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "model/version.h"
#include "storage/partition.h"

namespace farshore::objects {

/// How often a reader without the key's lock looks again at a key that changes meanwhile; each time somebody's commit went through.
inline constexpr int kLooksMax = 1000;
/// What it says then: nothing happened, the same request may succeed.
inline Error key_keeps_changing() {
  return Error(ErrorCode::kStorageUnavailable, "the key keeps changing while it is read").with_retry(Retry::kSameRequest);
}

/// A working copy of one key's versions (docs/adr/0004-order-and-identity.md): look, change, then plan(). It reads only
/// what a change needs: the head for a PUT. Made under the key's lock and dropped after the commit; loop thread only.
///
/// 1. The head row holds the greatest Order. Where it is absent or void there is no noncurrent row.
/// 2. A noncurrent version has its row at its Order; an alias row leads to it if its id does not name that Order.
/// 3. Every change of the stack rewrites (or erases) the head row and expects it as it was read: it is the guard of its key.
class KeyStack {
 public:
  /// Reads the head. Errors here and below: those of the partition, kCorrupt.
  static Task<Result<KeyStack>> load(OpContext op, std::shared_ptr<storage::Partition> partition, ObjectKey key);

  const ObjectKey& key() const { return key_; }
  /// The current version or delete marker, with all changes so far; null if there is none or only a void record.
  /// Not between remove() and insert().
  const Version* current() const;
  /// The head as it was loaded, void record included.
  const std::optional<Version>& loaded_head() const { return head_before_; }
  /// No version of the key is above this time.
  HybridTime newest_time() const { return head_before_ ? head_before_->order.time : HybridTime{}; }

  /// The version of that id, delete markers included. Without the key's lock, absence means something only if unmoved() says so afterwards.
  Task<Result<std::optional<Version>>> find(OpContext op, VersionId id);
  /// True if the head row still is the one that load() read. If it is not, a version that was not found may have moved meanwhile from a row
  /// of its own into the head row (an un-delete) or out of it: a reader loads again.
  Task<Result<bool>> unmoved(OpContext op) const;
  /// All versions with an Order at or above `order`, newest first.
  Task<Result<std::vector<Version>>> at_or_above(OpContext op, Order order);

  /// Another row of the key (a tombstone), as it is stored.
  Task<Result<std::optional<storage::Row>>> read_row(OpContext op, Bytes row) { return partition_->get(std::move(op), std::move(row)); }

  /// Adds a version at its Order, which must be free.
  Task<Result<void>> insert(OpContext op, Version version);
  /// Takes out a version that current(), find() or at_or_above() gave. Its blobs are released, unless they live on elsewhere.
  void remove(const Version& version, bool release_blobs = true);
  /// Replaces a version by one of the same Order: tags, ACL, or another id for the same content.
  void update(Version version);
  /// Leaves a void record as the head of a key without versions.
  void leave_void(Version record);

  /// The rows of all changes since load(), with the expectation on the head row and the releases.
  Task<Result<storage::Batch>> plan(OpContext op);

 private:
  /// A noncurrent row as it is stored and as it will be.
  struct Slot {
    std::optional<Version> before;
    std::optional<Version> now;
  };
  using Slots = std::map<Order, Slot, std::greater<>>;

  KeyStack(std::shared_ptr<storage::Partition> partition, ObjectKey key) : partition_(std::move(partition)), key_(std::move(key)) {}
  Task<Result<std::optional<Version>>> load_at(OpContext op, Order order);
  /// Makes the newest noncurrent version the head, if the head was taken out.
  Task<Result<void>> settle(OpContext op);

  std::shared_ptr<storage::Partition> partition_;
  ObjectKey key_;
  std::optional<storage::Row> head_row_;
  std::optional<Version> head_before_;
  std::optional<Version> head_;
  std::optional<Order> vacated_;  ///< the head was taken out here and nothing has taken its place yet
  Slots slots_;
  std::vector<BlobId> released_;
};

}  // namespace farshore::objects
