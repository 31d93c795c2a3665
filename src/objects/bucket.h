// SPDX-License-Identifier: Apache-2.0
// Bucket: an opened bucket of this region: its partition, a cached copy of its settings, and the locks of its keys.
#pragma once

#include <deque>
#include <memory>

#include "keys/key_wrapper.h"
#include "model/bucket.h"
#include "objects/read_pins.h"
#include "runtime/runtime.h"
#include "runtime/wait.h"
#include "storage/blob_store.h"
#include "storage/partition.h"

namespace farshore::objects {

/// What object operations stand on; references that the composition root keeps alive. Copy it freely.
struct Stores {
  storage::MetadataStore& metadata;
  storage::BlobStore& blobs;
  keys::KeyWrapper& keys;
  Runtime runtime;
};

/// The settings of a bucket and the version of the row they were read from. A snapshot: stays as it is across awaits.
struct Guard {
  std::shared_ptr<const BucketSettings> settings;
  Sequence version;
};

/// Shared by all requests to the bucket and kept by Buckets' cache. Not for deciding rights, and not the name registry.
/// Loop thread only.
///
/// 1. Whoever changes the rows of a key holds the key's lock from reading them to the end of the commit.
/// 2. Every commit expects the guard version it was decided under; the cached guard follows within one conflict.
/// 3. While the bucket is being deleted, commits wait at the gate, so that "it is empty" stays true until it is gone.
class Bucket {
 public:
  Bucket(Stores stores, std::shared_ptr<storage::Partition> partition, Guard guard);

  const Stores& stores() const { return stores_; }
  const Runtime& runtime() const { return stores_.runtime; }
  storage::Partition& partition() const { return *partition_; }
  const std::shared_ptr<storage::Partition>& shared_partition() const { return partition_; }
  Guard guard() const { return guard_; }
  const BucketSettings& settings() const { return *guard_.settings; }  ///< not across co_await: take guard()
  BucketId id() const { return guard_.settings->id; }
  /// The number of this region: the upper 16 bits of every bucket id it gives.
  RegionNumber region() const { return RegionNumber(static_cast<std::uint16_t>(id().get() >> 48)); }
  std::int64_t now_millis() const { return stores_.runtime.clock.now().millis(); }

  /// A fresh order above everything this partition has stamped and above `floor`.
  Order stamp(HybridTime floor = {}) const { return Order{partition_->stamp(floor), region(), id().get()}; }

  /// Queues writers of one key (striped by hash: two keys may share a lock; never take two at once).
  Task<Result<AsyncMutex::Guard>> lock(OpContext op, std::string key);

  /// Reads the guard row again. Error: kNoSuchBucket.
  Task<Result<void>> refresh(OpContext op);

  /// Blobs that are being read.
  ReadPins& pins() { return pins_; }

  /// Counts a commit in; waits at the gate first.
  Task<Result<void>> enter(OpContext op);
  /// True if it has been counted in without waiting.
  bool try_enter() { return !gate_closed_ && ++inside_ > 0; }
  void leave();

 private:
  friend class Buckets;
  static constexpr std::size_t kLockStripes = 256;
  Stores stores_;
  std::shared_ptr<storage::Partition> partition_;
  Guard guard_;
  std::deque<AsyncMutex> locks_;
  AsyncMutex settings_lock_;
  ReadPins pins_;
  bool gate_closed_ = false;
  std::size_t inside_ = 0;
  Signal gate_;
};

using BucketRef = std::shared_ptr<Bucket>;

}  // namespace farshore::objects
