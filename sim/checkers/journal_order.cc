// SPDX-License-Identifier: Apache-2.0
#include "sim/checkers/journal_order.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

namespace farshore::sim {

void check_journal(World& world, const SimBucket& destination) { check_lines(world, destination.name.get(), read_journal(world, destination)); }

void check_lines(World& world, std::string_view where, const std::vector<JournalLine>& lines) {
  std::set<std::pair<std::string, VersionId>> put, deleted;
  std::map<std::pair<std::string, BucketId>, Order> newest;
  // Without versioning a content is known again by what stands there. Another writer's content in between hides it, so that history which is
  // sent again after a crash overwrites once more; the line of the last write by somebody else tells. It may have been in a hole.
  std::map<std::tuple<std::string, BucketId, Order>, std::size_t> contents;
  std::map<std::string, std::pair<std::optional<BucketId>, std::size_t>> last_writer;
  std::size_t number = 0, hole = 0;
  for (const JournalLine& line : lines) {
    const Change& change = line.change;
    const std::string& key = change.key.get();
    const auto name = std::make_pair(key, change.version);
    ++number;
    if (line.behind_hole) hole = number;
    const std::optional<BucketId> writer = change.origin ? std::optional(change.origin->bucket) : std::nullopt;
    const auto turned = last_writer.try_emplace(key, writer, 0).first;
    if (turned->second.first != writer) turned->second = {writer, number};
    const auto say = [&](std::string_view what) {
      world.violate(fmt::format("{}: journal {}: {} of {} {}", where, line.sequence.get(), what, key, change.version.text()));
    };
    if (change.kind == ChangeKind::kDeleteVersion) {
      if (!change.version.is_null()) deleted.insert(name);
      if (change.version.is_null() && change.origin) {
        Order& last = newest[{key, change.origin->bucket}];
        if (change.origin->order < last) say("older deletion after a newer change");
        last = std::max(last, change.origin->order);
      }
      continue;
    }
    if (change.kind != ChangeKind::kPutVersion && change.kind != ChangeKind::kInsertMarker) continue;
    if (!change.version.is_null()) {
      if (!put.insert(name).second) say("second write");
      if (deleted.contains(name)) say("resurrection");
    } else if (change.origin) {
      const auto [before, fresh] = contents.try_emplace({key, change.origin->bucket, change.origin->order}, number);
      if (!fresh && std::max(turned->second.second, hole) <= before->second) say("second write");
      before->second = number;
      Order& last = newest[{key, change.origin->bucket}];
      if (change.origin->order < last) say("older content after a newer change");
      last = std::max(last, change.origin->order);
    }
  }
}

void check_nothing_written(World& world, const SimBucket& destination, BucketId source, Sequence from, Sequence to, std::string_view why) {
  for (const JournalLine& line : read_journal(world, destination)) {
    if (line.sequence <= from || line.sequence > to) continue;
    if (!line.change.origin || line.change.origin->bucket != source) continue;
    world.violate(fmt::format("{}: {} {} was written at {} although {}", destination.name.get(), line.change.key.get(), line.change.version.text(), line.sequence.get(), why));
  }
}

Sequence last_sequence(World& world, const SimBucket& bucket) {
  auto opened = world.run(world.open(bucket));
  return opened ? (*opened)->partition().last_sequence() : Sequence();
}

}  // namespace farshore::sim
