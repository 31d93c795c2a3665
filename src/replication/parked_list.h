// SPDX-License-Identifier: Apache-2.0
// ParkedList: the durable list of changes that wait by themselves while others go on.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "replication/explain.h"
#include "replication/lanes.h"
#include "storage/partition.h"

namespace farshore::replication {

/// One rule's parked changes: rows of the source partition, mirrored here. Loop thread only.
///
/// A change is parked before it counts as settled, so the journal may be trimmed behind it. Bounded: past kParkedMax the
/// rule stalls instead, so that neither memory nor disk grows with a broken destination.
class ParkedList {
 public:
  static constexpr std::size_t kParkedMax = 100000;
  ParkedList(storage::Partition& partition, RuleId rule) : partition_(partition), rule_(std::move(rule)) {}

  Task<Result<void>> load(OpContext op);
  /// Adds a change, or counts one more attempt of a parked one.
  Task<Result<void>> park(OpContext op, const LaneItem item, Reason reason, std::string detail, std::int64_t now_millis);
  /// The change is settled otherwise: takes it off the list, if it is there.
  Task<Result<void>> settle(OpContext op, const LaneItem item);
  /// A later change of the key was delivered, in a bucket without versioning: deletions of what the key held before it mean nothing any
  /// more, and would end what others have written since. Takes them off the list.
  Task<Result<void>> overtaken(OpContext op, const Change later);
  bool may_be_overtaking(const Change& later) const;
  bool contains(const LaneItem& item) const { return !parked_.empty() && parked_.contains(slot(item)); }
  bool full() const { return parked_.size() >= kParkedMax; }
  std::size_t size() const { return parked_.size(); }
  /// Oldest first.
  const std::map<std::uint64_t, ParkedChange>& all() const { return parked_; }
  std::optional<std::int64_t> oldest_millis() const;
  static LaneItem item_of(const ParkedChange& parked);

 private:
  /// The row's number: the sequence, or a hash with the top bit set for a historical version.
  static std::uint64_t slot(const LaneItem& item);
  storage::Partition& partition_;
  RuleId rule_;
  void forget(std::uint64_t number);
  std::map<std::uint64_t, ParkedChange> parked_;
  std::set<std::pair<std::string, std::uint64_t>> null_deletions_;  ///< of them: key and number
};

}  // namespace farshore::replication
