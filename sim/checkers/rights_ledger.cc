// SPDX-License-Identifier: Apache-2.0
#include "sim/checkers/rights_ledger.h"

#include <algorithm>

namespace farshore::sim {

void RightsLedger::policy(const SimBucket& destination, Sequence from, std::set<std::string> roles, bool deletes) {
  policies_[destination.id].push_back({from, true, std::move(roles), deletes});
}

void RightsLedger::policy_unsure(const SimBucket& destination, Sequence behind) { policies_[destination.id].push_back({behind, false, {}, true}); }

void RightsLedger::forget(const SimBucket& destination) { policies_.erase(destination.id); }

void RightsLedger::lost(const std::string& role, Instant known) {
  auto& outages = outages_[role];
  if (outages.empty() || outages.back().restored != kNever) outages.push_back({known, kNever});
}

void RightsLedger::restored(const std::string& role, Instant asked) {
  auto& outages = outages_[role];
  if (!outages.empty() && outages.back().restored == kNever) outages.back().restored = asked;
}

const RightsLedger::Policy* RightsLedger::policy_at(BucketId bucket, Sequence sequence) const {
  const auto found = policies_.find(bucket);
  if (found == policies_.end()) return nullptr;
  const Policy* last = nullptr;
  for (const Policy& policy : found->second) {
    if (policy.from < sequence) last = &policy;
  }
  return last;
}

void RightsLedger::check(World& world, const JournalTail& tail, BucketId source, const History& history, const std::string& role) const {
  std::map<VersionId, const ClientOp*> writers;
  for (const ClientOp& op : history.all()) {
    const bool writes = op.kind == OpKind::kPut || (op.kind == OpKind::kRemove && op.marker);
    if (writes && op.fate == OpFate::kAcknowledged && !op.id.is_null()) writers[op.id] = &op;
  }
  const auto outages = outages_.find(role);
  for (const JournalTail::Line& line : tail.lines()) {
    const Change& change = line.journal.change;
    if (!change.origin || change.origin->bucket != source) continue;
    const auto say = [&](std::string_view what) {
      world.violate(fmt::format("{}: {} {} was written at {} although {}", tail.bucket().name.get(), change.key.get(), change.version.text(), line.journal.sequence.get(), what));
    };
    const Policy* policy = policy_at(tail.bucket().id, line.journal.sequence);
    if (policy != nullptr && policy->sure) {
      const bool deletes = change.kind == ChangeKind::kDeleteVersion || change.kind == ChangeKind::kInsertMarker;
      if (!policy->roles.contains(role)) say("the bucket policy did not grant it");
      else if (deletes && !policy->deletes) say("the bucket policy did not grant deletions");
    }
    if (outages == outages_.end()) continue;
    const auto writer = writers.find(change.version);
    if (writer == writers.end() || (change.kind != ChangeKind::kPutVersion && change.kind != ChangeKind::kInsertMarker)) continue;
    for (const Outage& outage : outages->second) {
      if (writer->second->started >= outage.known && writer->second->started < outage.restored && line.seen < outage.restored) say("the role had no right at the source");
    }
  }
}

}  // namespace farshore::sim
