// SPDX-License-Identifier: Apache-2.0
#include "sim/checkers/own_writes.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace farshore::sim {

namespace {

/// Walks the lines with what stands under each key; asks `due` of each new version whether it has to come on top.
template <class Due>
void walk(World& world, std::string_view where, const std::vector<JournalTail::Line>& lines, Due due) {
  std::map<std::string, std::map<VersionId, Order>> standing;
  for (const JournalTail::Line& line : lines) {
    const Change& change = line.journal.change;
    // A deletion may lie in what was not seen.
    if (line.behind_hole) standing.clear();
    auto& stack = standing[change.key.get()];
    if (change.kind == ChangeKind::kDeleteVersion) {
      stack.erase(change.version);
      continue;
    }
    if (change.kind != ChangeKind::kPutVersion && change.kind != ChangeKind::kInsertMarker) continue;
    stack.erase(change.version);  // the null version is replaced by another one
    const bool on_top = due(change);
    for (const auto& [id, order] : stack) {
      if (!on_top || change.order > order) continue;
      world.violate(fmt::format("{}: journal {}: {} {} was written below {}, which stood there", where, line.journal.sequence.get(), change.key.get(), change.version.text(),
                                id.text()));
      return;
    }
    stack[change.version] = change.order;
  }
}

}  // namespace

void check_own_writes(World& world, std::string_view where, const std::vector<JournalTail::Line>& lines) {
  walk(world, where, lines, [](const Change& change) { return !change.origin; });
}

void check_replicas_on_top(World& world, std::string_view where, const std::vector<JournalTail::Line>& lines, const std::set<BucketId>& sources) {
  // Late among the changes of its own source a replica goes below the newer ones (ADR 0004), and those may lie in what was not seen.
  const auto hole = std::find_if(lines.begin(), lines.end(), [](const JournalTail::Line& line) { return line.behind_hole; });
  const std::vector<JournalTail::Line> seen(lines.begin(), hole);
  std::map<std::pair<std::string, BucketId>, Order> newest;
  walk(world, where, seen, [&](const Change& change) {
    if (!change.origin || !sources.contains(change.origin->bucket)) return false;
    Order& before = newest[{change.key.get(), change.origin->bucket}];
    const bool newer = change.origin->order > before;
    before = std::max(before, change.origin->order);
    return newer;
  });
}

}  // namespace farshore::sim
