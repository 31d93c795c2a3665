// SPDX-License-Identifier: Apache-2.0
#include "sim/checkers/honest_progress.h"

#include <algorithm>

#include "sim/checkers/stacks.h"

namespace farshore::sim {
namespace {

Task<Result<std::optional<Version>>> find(World* world, SimBucket bucket, std::string key, std::optional<VersionId> id) {
  CO_TRY(auto opened, co_await world->open(bucket));
  co_return co_await objects::find_any(OpContext(), opened, objects::ObjectRef{ObjectKey(std::move(key)), std::move(id)});
}

/// Some other operation may have come after it (also one that began while we looked).
bool overwritten(const History& history, const std::string& key, const ClientOp& op) {
  const auto& ops = history.by_key().at(key);
  return std::any_of(ops.begin(), ops.end(), [&](const ClientOp* other) { return other != &op && other->ended >= op.started; });
}

}  // namespace

void check_progress(World& world, const SimRule& rule, const History& history, const std::function<bool(const ClientOp&)>& counts, std::size_t looks_max) {
  const auto progress = world.progress(rule);
  if (!progress || !world.region(rule.destination.region).up()) return;
  const bool all_history = rule.historical && progress->historical.value_or(0) == 1.0;
  // Clients go on while we look: what is checked is what had been asked by then.
  std::map<std::string, std::vector<const ClientOp*>> asked;
  for (const auto& [key, ops] : history.by_key()) asked[key].assign(ops.begin(), ops.end());
  for (const auto& [key, ops] : asked) {
    for (const ClientOp* op : ops) {
      if (op->fate != OpFate::kAcknowledged || (op->kind != OpKind::kPut && !op->marker)) continue;
      const bool incremental = op->started >= rule.added && op->ended_millis < progress->new_object_millis;
      const bool historical = op->ended <= rule.asked && all_history;
      if (!incremental && !historical) continue;
      // Whatever may have taken it away or replaced it frees us of looking.
      if (rule.source.versioned ? history.removal_tried(key, op->id)
                                : overwritten(history, key, *op)) {
        continue;
      }
      if (counts && !counts(*op)) continue;
      if (looks_max-- == 0) return;
      std::optional<VersionId> id;
      if (rule.source.versioned) id = op->id;
      const auto there = world.run(find(&world, rule.destination, key, id));
      if (!there) continue;
      if (rule.source.versioned ? history.removal_tried(key, op->id) : overwritten(history, key, *op)) continue;
      if (counts && !counts(*op)) continue;
      if (!*there || (op->kind == OpKind::kPut && (*there)->crc64 != op->crc64)) {
        world.violate(fmt::format("{}: NewObject {} (history {}), but operation {} on {}, acknowledged at {}, is not at the destination", rule.id.get(), progress->new_object_millis,
                                  progress->historical.value_or(-1), op->number, key, op->ended_millis));
        return;
      }
    }
  }
}

}  // namespace farshore::sim
