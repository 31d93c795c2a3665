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

}  // namespace

void check_progress(World& world, const SimRule& rule, const History& history) {
  const auto progress = world.progress(rule);
  if (!progress || !world.region(rule.destination.region).up()) return;
  const bool all_history = rule.historical && progress->historical.value_or(0) == 1.0;
  for (const auto& [key, ops] : history.by_key()) {
    for (const ClientOp* op : ops) {
      if (op->fate != OpFate::kAcknowledged || (op->kind != OpKind::kPut && !op->marker)) continue;
      const bool incremental = op->started >= rule.added && op->ended_millis < progress->new_object_millis;
      const bool historical = op->ended <= rule.asked && all_history;
      if (!incremental && !historical) continue;
      // Whatever may have taken it away or replaced it frees us of looking.
      if (rule.source.versioned ? history.removal_tried(key, op->id)
                                : std::any_of(ops.begin(), ops.end(), [&](const ClientOp* other) { return other != op && other->ended >= op->started; })) {
        continue;
      }
      std::optional<VersionId> id;
      if (rule.source.versioned) id = op->id;
      const auto there = world.run(find(&world, rule.destination, key, id));
      if (!there) continue;
      if (!*there || (op->kind == OpKind::kPut && (*there)->crc64 != op->crc64)) {
        world.violate(fmt::format("{}: NewObject {} (history {}), but operation {} on {}, acknowledged at {}, is not at the destination", rule.id.get(), progress->new_object_millis,
                                  progress->historical.value_or(-1), op->number, key, op->ended_millis));
        return;
      }
    }
  }
}

}  // namespace farshore::sim
