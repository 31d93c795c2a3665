// SPDX-License-Identifier: Apache-2.0
#include "sim/checkers/carried.h"

#include <algorithm>

namespace farshore::sim {
namespace {

bool may_write(const Carrier& carrier, const Change& change) {
  const bool inside = carrier.prefixes.empty() ||
                      std::any_of(carrier.prefixes.begin(), carrier.prefixes.end(), [&](const std::string& prefix) { return change.key.get().starts_with(prefix); });
  if (!inside) return false;
  if (change.kind == ChangeKind::kDeleteVersion) return carrier.removes;
  if (change.kind == ChangeKind::kInsertMarker) return carrier.puts || carrier.removes;
  return carrier.puts;
}

}  // namespace

void check_carried(World& world, std::string_view where, const std::vector<JournalTail::Line>& lines, const std::vector<Carrier>& carriers) {
  for (const JournalTail::Line& line : lines) {
    const Change& change = line.journal.change;
    if (!change.origin) continue;
    const bool carried = std::any_of(carriers.begin(), carriers.end(), [&](const Carrier& carrier) { return carrier.source == change.origin->bucket && may_write(carrier, change); });
    if (carried) continue;
    world.violate(fmt::format("{}: journal {}: no rule carries what was done to {} {}", where, line.journal.sequence.get(), change.key.get(), change.version.text()));
    return;
  }
}

}  // namespace farshore::sim
