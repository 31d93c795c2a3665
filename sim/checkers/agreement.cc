// SPDX-License-Identifier: Apache-2.0
#include "sim/checkers/agreement.h"

#include <algorithm>
#include <set>

#include "sim/checkers/convergence.h"

namespace farshore::sim {

bool RuleFacts::carries(const std::string& key) const {
  return prefixes.empty() || std::any_of(prefixes.begin(), prefixes.end(), [&](const std::string& prefix) { return key.starts_with(prefix); });
}

namespace {

using Stack = std::vector<SeenVersion>;

bool cold(const Version& version) { return version.storage_class == StorageClass::kColdArchive; }

const Stack& stack_of(const BucketFacts& facts, const std::string& key) {
  static const Stack kNothing;
  const auto found = facts.stacks.find(key);
  return found == facts.stacks.end() ? kNothing : found->second;
}

const std::vector<ClientOp*>& ops_of(const BucketFacts& facts, const std::string& key) {
  static const std::vector<ClientOp*> kNothing;
  const auto found = facts.history->by_key().find(key);
  return found == facts.history->by_key().end() ? kNothing : found->second;
}

class Agreement {
 public:
  Agreement(World& world, const std::vector<BucketFacts>& buckets, const std::vector<RuleFacts>& rules) : world_(world), buckets_(buckets), rules_(rules) {}

  void check() {
    for (const RuleFacts& rule : rules_) {
      if (!rule.active) continue;
      const BucketFacts& source = buckets_[rule.source];
      for (const std::string& key : keys_of(rule)) {
        if (source.bucket.versioned) {
          carried(rule, key);
        } else {
          equal(rule, key);
        }
      }
    }
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      for (const auto& [key, stack] : buckets_[i].stacks) {
        std::set<std::string_view> ids;
        for (const SeenVersion& seen : stack) {
          if (!ids.insert(seen.version.id.text()).second) say(i, key, "a version stands there twice", seen);
          if (seen.version.origin) explained(i, key, seen);
        }
      }
    }
  }

 private:
  std::set<std::string> keys_of(const RuleFacts& rule) const {
    std::set<std::string> keys;
    for (const std::size_t index : {rule.source, rule.destination}) {
      for (const auto& [key, stack] : buckets_[index].stacks) keys.insert(key);
    }
    std::erase_if(keys, [&](const std::string& key) { return !rule.carries(key); });
    return keys;
  }

  std::string listing(std::size_t bucket, const std::string& key) const {
    std::string text = fmt::format("\n    {}:", buckets_[bucket].bucket.name.get());
    for (const SeenVersion& seen : stack_of(buckets_[bucket], key)) text += "\n      " + describe(seen.version) + (seen.version.origin ? " (replica)" : "");
    return text;
  }
  void say(std::size_t bucket, const std::string& key, std::string_view what, const SeenVersion& seen) {
    world_.violate(fmt::format("{}/{}: {}: {}{}", buckets_[bucket].bucket.name.get(), key, what, describe(seen.version), listing(bucket, key)));
  }
  void say(const RuleFacts& rule, const std::string& key, std::string_view what) {
    world_.violate(fmt::format("{} -> {}: {}: {}{}{}", buckets_[rule.source].bucket.name.get(), buckets_[rule.destination].bucket.name.get(), key, what, listing(rule.source, key),
                               listing(rule.destination, key)));
  }

  /// Did a client anywhere but in `except` try to delete that version for good?
  bool removal_tried(const std::string& key, const VersionId& id, std::size_t except) const {
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      if (i != except && buckets_[i].history->removal_tried(key, id)) return true;
    }
    return false;
  }
  const ClientOp* writer_of(const BucketFacts& facts, const std::string& key, const Version& version) const {
    for (const ClientOp* op : ops_of(facts, key)) {
      if (op->fate == OpFate::kAcknowledged && op->id == version.id && (op->kind == OpKind::kPut || op->kind == OpKind::kRemove)) return op;
    }
    for (const ClientOp* op : ops_of(facts, key)) {
      if (op->fate == OpFate::kUnknown && op->kind == OpKind::kPut && op->crc64 == version.crc64 && version.kind == VersionKind::kData) return op;
    }
    return nullptr;
  }
  static bool is_replica_of(const Version& there, const Version& here, BucketId source) {
    return there.origin && there.origin->bucket == source && there.origin->order == here.order;
  }

  void carried(const RuleFacts& rule, const std::string& key) {
    const BucketFacts& source = buckets_[rule.source];
    const Stack& there = stack_of(buckets_[rule.destination], key);
    std::ptrdiff_t last = -1;
    for (const SeenVersion& seen : stack_of(source, key)) {
      const Version& v = seen.version;
      if (v.origin) continue;  // replicas are not forwarded
      const bool marker = v.kind == VersionKind::kDeleteMarker;
      bool must = marker ? rule.puts || rule.removes : rule.puts && !cold(v);
      if (must && !rule.historical) {
        const ClientOp* op = writer_of(source, key, v);
        must = op != nullptr && op->started >= rule.since;
      }
      must = must && !removal_tried(key, v.id, rule.source);
      const auto found = std::find_if(there.begin(), there.end(), [&](const SeenVersion& d) {
        return (!v.id.is_null() && d.version.id == v.id) || is_replica_of(d.version, v, source.bucket.id);
      });
      if (found == there.end()) {
        if (must) return say(rule, key, describe(v) + " is missing");
        continue;
      }
      if (const std::string differs = difference_but_names(seen, *found); !differs.empty()) return say(rule, key, describe(v) + " has " + differs + " there");
      if (tags_must_agree(rule, key, v) && (v.tags != found->version.tags || v.acl != found->version.acl)) return say(rule, key, describe(v) + " has other tags or another ACL there");
      if (!order_is_promised(rule, key, v)) continue;
      const std::ptrdiff_t place = found - there.begin();
      if (place < last) return say(rule, key, describe(v) + " stands out of order");
      last = place;
    }
  }

  /// Where a rule leads back, replicas are not raised over what stands there any more; what was written before both rules were effective
  /// may have been raised, and then stands above what came later.
  bool order_is_promised(const RuleFacts& rule, const std::string& key, const Version& version) const {
    Instant both{};
    for (const RuleFacts& other : rules_) {
      if (other.source == rule.destination && other.destination == rule.source) both = std::max(rule.since, other.since);
    }
    if (both == Instant{}) return true;
    const ClientOp* op = writer_of(buckets_[rule.source], key, version);
    return op != nullptr && op->started >= both;
  }

  /// Tags and ACLs are carried by PUT; those that were set elsewhere, or while there was no rule, are nobody's.
  bool tags_must_agree(const RuleFacts& rule, const std::string& key, const Version& version) const {
    if (!rule.puts || !rule.historical || rule.gap || version.id.is_null()) return false;
    for (std::size_t i = 0; i < buckets_.size(); ++i) {
      if (i == rule.source) continue;
      for (const ClientOp* op : ops_of(buckets_[i], key)) {
        if ((op->kind == OpKind::kTags || op->kind == OpKind::kAcl) && op->id == version.id) return false;
      }
    }
    return true;
  }

  bool only_writer(const RuleFacts& rule, const std::string& key) const {
    if (!ops_of(buckets_[rule.destination], key).empty()) return false;
    for (const RuleFacts& other : rules_) {
      if (&other == &rule || !other.carries(key)) continue;
      if (other.destination == rule.destination || other.destination == rule.source) return false;
    }
    return true;
  }
  /// Two rules between two buckets that carry everything, and nobody else.
  bool pair_both_ways(const RuleFacts& rule, const std::string& key) const {
    bool back = false;
    for (const RuleFacts& other : rules_) {
      if (&other == &rule || !other.carries(key)) continue;
      if (other.source == rule.destination && other.destination == rule.source) {
        back = other.active && !other.gap && other.historical && other.puts && other.removes;
      } else if (other.destination == rule.destination || other.destination == rule.source) {
        return false;
      }
    }
    return back && !rule.gap && rule.historical && rule.puts && rule.removes;
  }

  void equal(const RuleFacts& rule, const std::string& key) {
    const Stack& here = stack_of(buckets_[rule.source], key);
    const Stack& there = stack_of(buckets_[rule.destination], key);
    Instant last{};
    for (const std::size_t index : {rule.source, rule.destination}) {
      for (const ClientOp* op : ops_of(buckets_[index], key)) {
        if (op->fate == OpFate::kAcknowledged) last = std::max(last, op->started);
      }
    }
    if (!only_writer(rule, key)) {
      if (!pair_both_ways(rule, key)) return;
      // Promised for changes made while both rules are effective.
      for (const RuleFacts& other : rules_) {
        if (last < other.since) return;
      }
    }
    // What is not carried stands at one end; the other one keeps what it had.
    const auto stands_alone = [](const Stack& stack) { return !stack.empty() && cold(stack.front().version); };
    if (stands_alone(here) || stands_alone(there)) return;
    if (here.empty()) {
      if (!there.empty() && rule.removes && !rule.gap) say(rule, key, "deleted at the source and still there");
      return;
    }
    if (!rule.puts || (!rule.historical && last < rule.since)) return;
    if (there.empty()) return say(rule, key, "missing");
    if (const std::string differs = difference_but_names(here.front(), there.front()); !differs.empty()) return say(rule, key, "has " + differs + " there");
  }

  /// A replica stands in `bucket`: was a rule to write it, and does its source still have it, or somebody delete it there?
  void explained(std::size_t bucket, const std::string& key, const SeenVersion& seen) {
    const Version& v = seen.version;
    std::size_t source = 0;
    while (source < buckets_.size() && buckets_[source].bucket.id != v.origin->bucket) ++source;
    if (source == buckets_.size()) return;  // of a bucket that is no more
    const auto rule = std::find_if(rules_.begin(), rules_.end(), [&](const RuleFacts& r) { return r.source == source && r.destination == bucket; });
    if (rule == rules_.end()) return say(bucket, key, "no rule leads there from its source", seen);
    if (!rule->carries(key)) return say(bucket, key, "it lies outside the rule's prefixes", seen);
    if (cold(v)) return say(bucket, key, "no rule carries its storage class", seen);
    if (!buckets_[bucket].bucket.versioned) {
      const auto& ops = ops_of(buckets_[source], key);
      const bool written = std::any_of(ops.begin(), ops.end(), [&](const ClientOp* op) { return op->kind == OpKind::kPut && op->fate != OpFate::kRefused && op->crc64 == v.crc64; });
      if (!written) say(bucket, key, "nobody wrote this at its source", seen);
      return;
    }
    const Stack& there = stack_of(buckets_[source], key);
    const bool stands = std::any_of(there.begin(), there.end(), [&](const SeenVersion& s) {
      return (!v.id.is_null() && s.version.id == v.id) || (!s.version.origin && s.version.order == v.origin->order);
    });
    if (stands) return;
    bool lost = false;
    for (const ClientOp* op : ops_of(buckets_[source], key)) {
      if (op->kind == OpKind::kRemoveVersion && op->fate != OpFate::kRefused && op->id == v.id) {
        lost = true;
        const bool under_rule = rule->active && !rule->gap && rule->removes && op->fate == OpFate::kAcknowledged && op->started >= rule->since;
        if (under_rule) return say(bucket, key, "it was deleted for good at its source", seen);
      }
      lost = lost || op->fate == OpFate::kUnknown;  // what was never acknowledged may have been lost after it was seen
    }
    if (!lost && !removal_tried(key, v.id, buckets_.size())) say(bucket, key, "its source has lost it", seen);
  }

  World& world_;
  const std::vector<BucketFacts>& buckets_;
  const std::vector<RuleFacts>& rules_;
};

}  // namespace

void check_agreement(World& world, const std::vector<BucketFacts>& buckets, const std::vector<RuleFacts>& rules) { Agreement(world, buckets, rules).check(); }

}  // namespace farshore::sim
