// SPDX-License-Identifier: Apache-2.0
// History: what clients asked of one bucket and what they were told. The checkers' truth.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "model/version.h"
#include "runtime/time.h"

namespace farshore::sim {

enum class OpKind : unsigned char { kPut, kRemove, kRemoveVersion, kTags, kAcl };
/// kUnknown: no answer came, or one that says "may have been applied".
enum class OpFate : unsigned char { kUnknown, kAcknowledged, kRefused };

struct ClientOp {
  std::uint64_t number = 0;
  OpKind kind = OpKind::kPut;
  OpFate fate = OpFate::kUnknown;
  std::string key;
  Instant started{};
  Instant ended = kNever;
  std::int64_t ended_millis = 0;  ///< of the region's own wall clock
  VersionId id;                   ///< acknowledged: of the new version or marker; kRemoveVersion, kTags: whom it was aimed at
  bool marker = false;            ///< a marker was inserted
  bool cold = false;              ///< of a storage class that no rule carries
  std::uint64_t size = 0;
  std::uint64_t crc64 = 0;
  std::string etag;
  TagSet tags;
  Order order;                    ///< adopted ones only: they may have no id of their own
};

/// Operations in the order they were asked. References stay valid.
class History {
 public:
  ClientOp& begin(OpKind kind, std::string key, Instant now) {
    ClientOp& op = ops_.emplace_back();
    op.number = ops_.size();
    op.kind = kind;
    op.key = key;
    op.started = now;
    by_key_[std::move(key)].push_back(&op);
    return op;
  }
  /// A version that stood there before the clients came, as if its write had been acknowledged a second before `now`.
  ClientOp& adopt(const std::string& key, const Version& version, Instant now) {
    const bool marker = version.kind == VersionKind::kDeleteMarker;
    ClientOp& op = begin(marker ? OpKind::kRemove : OpKind::kPut, key, now - std::chrono::seconds(1));
    op.fate = OpFate::kAcknowledged;
    op.ended = now;
    op.id = version.id;
    op.marker = marker;
    op.cold = version.storage_class == StorageClass::kColdArchive;
    op.size = version.size;
    op.crc64 = version.crc64;
    op.etag = version.etag;
    op.tags = version.tags;
    op.order = version.order;
    return op;
  }
  /// The store was put back to what it was at `then`: whatever was acknowledged later may be gone.
  void forget_since(Instant then) {
    for (ClientOp& op : ops_) {
      if (op.fate == OpFate::kAcknowledged && op.ended > then) op.fate = OpFate::kUnknown;
    }
  }
  const std::deque<ClientOp>& all() const { return ops_; }
  const std::map<std::string, std::vector<ClientOp*>>& by_key() const { return by_key_; }
  /// May that version have been deleted for good?
  bool removal_tried(const std::string& key, const VersionId& id) const {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return false;
    for (const ClientOp* op : found->second) {
      if (op->kind == OpKind::kRemoveVersion && op->fate != OpFate::kRefused && op->id == id) return true;
    }
    return false;
  }

 private:
  std::deque<ClientOp> ops_;
  std::map<std::string, std::vector<ClientOp*>> by_key_;
};

}  // namespace farshore::sim
