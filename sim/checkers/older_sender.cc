// SPDX-License-Identifier: Apache-2.0
#include "sim/checkers/older_sender.h"

#include "replication/checkpoint.h"
#include "storage/keys.h"

namespace farshore::sim {
namespace {

Task<Result<replication::StreamPosition>> open_late(World* world, SimRule rule) {
  CO_TRY(const auto source, co_await world->open(rule.source));
  replication::StreamOpen open{rule.id, source->partition().id(), rule.destination.id, 1, 0, {}};
  open.caller = world->region(rule.source.region).id();
  co_return co_await world->region(rule.destination.region).receiver().open_stream(OpContext(), std::move(open));
}

Task<Result<void>> settle_late(World* world, SimRule rule) {
  CO_TRY(const auto source, co_await world->open(rule.source));
  CO_TRY(const auto row, co_await source->partition().get(OpContext(), storage::checkpoint_row(rule.id)));
  if (!row) co_return Error(ErrorCode::kNotFound, "the rule has no checkpoint");
  CO_TRY(const auto checkpoint, replication::decode_checkpoint(row->value));
  replication::StreamOpen open{rule.id, source->partition().id(), rule.destination.id, checkpoint.epoch, 0, {}};
  open.caller = world->region(rule.source.region).id();
  open.opening = 0;  // no opening has that name
  co_return co_await world->region(rule.destination.region).receiver().settle(OpContext(), std::move(open), Sequence(source->partition().last_sequence().get() + 1000));
}

}  // namespace

void check_older_sender(World& world, const SimRule& rule) {
  const auto opened = world.run(open_late(&world, rule));
  if (opened) return world.violate(fmt::format("{}: a sender of an older epoch may open the stream", rule.id.get()));
  if (opened.error().code() == ErrorCode::kStalePeer) return;
  world.violate(fmt::format("{}: a sender of an older epoch is told: {}", rule.id.get(), opened.error().text()));
}

void check_late_settle(World& world, const SimRule& rule) {
  if (world.run(settle_late(&world, rule))) world.violate(fmt::format("{}: what was settled under another opening of the stream is taken for this one", rule.id.get()));
}

}  // namespace farshore::sim
