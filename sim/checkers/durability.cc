// SPDX-License-Identifier: Apache-2.0
#include "sim/checkers/durability.h"

#include <algorithm>

namespace farshore::sim {
namespace {

using KeyOps = std::vector<ClientOp*>;

bool writes(const ClientOp& op) { return op.kind == OpKind::kPut || op.kind == OpKind::kRemove; }

void check_versioned(World& world, const std::string& where, const History& history, const std::string& key, const KeyOps& ops, const std::vector<SeenVersion>& stack, const OtherWriters& others) {
  // A null that was written before versioning may have been given an id, when a replica's null came.
  const auto place = [&](const ClientOp& op) {
    return std::find_if(stack.begin(), stack.end(), [&](const SeenVersion& seen) {
             return op.id.is_null() ? !seen.version.origin && seen.version.order == op.order : seen.version.id == op.id;
           }) - stack.begin();
  };
  const auto end = static_cast<std::ptrdiff_t>(stack.size());
  for (const ClientOp* op : ops) {
    if (op->fate != OpFate::kAcknowledged) continue;
    const auto at = place(*op);
    if (op->kind == OpKind::kRemoveVersion) {
      if (at != end) world.violate(fmt::format("{}/{}: version {} was deleted for good (operation {}) and is there", where, key, op->id.text(), op->number));
      continue;
    }
    if (!writes(*op) || history.removal_tried(key, op->id)) continue;
    if (at == end && others.removed && others.removed(key, op->id)) continue;
    if (at == end) {
      world.violate(fmt::format("{}/{}: operation {} was acknowledged and its version {} is gone", where, key, op->number, op->id.text()));
      continue;
    }
    const SeenVersion& seen = stack[static_cast<std::size_t>(at)];
    if (op->kind == OpKind::kPut && (seen.version.crc64 != op->crc64 || seen.version.etag != op->etag || !seen.readable || seen.content_crc64 != op->crc64)) {
      world.violate(fmt::format("{}/{}: operation {} has another content than was acknowledged: {}", where, key, op->number, describe(seen.version)));
    }
    // Real time: an overwrite that began after an acknowledgement is newer.
    for (const ClientOp* later : ops) {
      if (later->fate != OpFate::kAcknowledged || !writes(*later) || later->started < op->ended) continue;
      const auto later_at = place(*later);
      if (later_at != end && later_at > at) world.violate(fmt::format("{}/{}: operation {} came after {} and stands below it", where, key, later->number, op->number));
    }
  }
  for (const SeenVersion& seen : stack) {
    if (seen.version.origin) continue;
    const bool asked = std::any_of(ops.begin(), ops.end(), [&](const ClientOp* op) {
      if (op->fate == OpFate::kRefused || !writes(*op)) return false;
      if (op->fate == OpFate::kAcknowledged && !op->id.is_null()) return op->id == seen.version.id;
      return op->kind == OpKind::kPut ? op->crc64 == seen.version.crc64 : seen.version.kind == VersionKind::kDeleteMarker;
    });
    if (!asked) world.violate(fmt::format("{}/{}: nobody wrote {}", where, key, describe(seen.version)));
  }
}

/// What stands must be the effect of an operation that no acknowledged one came after.
void check_unversioned(World& world, const std::string& where, const std::string& key, const KeyOps& ops, const std::vector<SeenVersion>& stack, const OtherWriters& others) {
  if (stack.size() > 1) world.violate(fmt::format("{}/{}: {} versions in a bucket without versioning", where, key, stack.size()));
  const SeenVersion* seen = stack.empty() ? nullptr : &stack.front();
  if (seen != nullptr ? seen->version.origin.has_value() : others.replicas) return;
  Instant last_ended{};
  for (const ClientOp* op : ops) {
    if (op->fate == OpFate::kAcknowledged) last_ended = std::max(last_ended, op->started);
  }
  bool explained = seen == nullptr && last_ended == Instant{};
  for (const ClientOp* op : ops) {
    if (op->fate == OpFate::kRefused || !writes(*op)) continue;
    if (op->ended < last_ended) continue;  // an acknowledged one began after it
    if (op->kind == OpKind::kRemove) explained = explained || seen == nullptr;
    if (op->kind == OpKind::kPut) explained = explained || (seen != nullptr && seen->version.crc64 == op->crc64 && seen->readable && seen->content_crc64 == op->crc64);
  }
  if (!explained) world.violate(fmt::format("{}/{}: no last operation explains {}", where, key, seen == nullptr ? "its absence" : describe(seen->version)));
}

}  // namespace

void check_durability(World& world, const SimBucket& bucket, const History& history, const Stacks& stacks, const OtherWriters& others) {
  static const std::vector<SeenVersion> kNothing;
  for (const auto& [key, ops] : history.by_key()) {
    const auto found = stacks.find(key);
    const auto& stack = found == stacks.end() ? kNothing : found->second;
    if (bucket.versioned) {
      check_versioned(world, bucket.name.get(), history, key, ops, stack, others);
    } else {
      check_unversioned(world, bucket.name.get(), key, ops, stack, others);
    }
  }
}

}  // namespace farshore::sim
