// SPDX-License-Identifier: Apache-2.0
// RightsLedger: which rights stood when, and whether anything was written without one of the two grants.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/checkers/journal_tail.h"
#include "sim/realm/history.h"

namespace farshore::sim {

/// Exact on both sides, whatever links and clocks do. At the destination the guard row orders everything: between the commit that
/// withdraws a right and the one that gives it back, no replica of that role may have a sequence. At the source, what a client began
/// to write after the source region knew of the loss cannot have been read before it, so it may not be seen at the destination until
/// the right is asked for again.
class RightsLedger {
 public:
  /// The destination's policy from a commit on: who may put, and whether they may delete.
  void policy(const SimBucket& destination, Sequence from, std::set<std::string> roles, bool deletes);
  /// A change of the policy was asked for and may or may not have happened behind that sequence.
  void policy_unsure(const SimBucket& destination, Sequence behind);
  /// Nobody can tell any more what stood there (the store was put back).
  void forget(const SimBucket& destination);
  /// The source region knows that the role may not read (or is not trusted) any more.
  void lost(const std::string& role, Instant known);
  /// It is about to be given back.
  void restored(const std::string& role, Instant asked);

  /// `role` writes from `source` to the bucket of the tail.
  void check(World& world, const JournalTail& tail, BucketId source, const History& history, const std::string& role) const;

 private:
  struct Policy {
    Sequence from;
    bool sure = true;
    std::set<std::string> roles;
    bool deletes = true;
  };
  struct Outage {
    Instant known{};
    Instant restored = kNever;
  };
  const Policy* policy_at(BucketId bucket, Sequence sequence) const;
  std::map<BucketId, std::vector<Policy>> policies_;
  std::map<std::string, std::vector<Outage>> outages_;
};

}  // namespace farshore::sim
