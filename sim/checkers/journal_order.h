// SPDX-License-Identifier: Apache-2.0
// JournalOrder: what the destination's own journal says of replication: nothing twice, nothing back from the dead, no change of a
// source below an older one of the same key, and nothing written while a right was away.
#pragma once

#include "sim/checkers/stacks.h"

namespace farshore::sim {

void check_journal(World& world, const SimBucket& destination);
/// The same for lines that were read earlier; in rising sequence.
void check_lines(World& world, std::string_view where, const std::vector<JournalLine>& lines);

/// No replica of that source bucket was committed behind `from` and up to `to` (sequences of the destination's partition).
void check_nothing_written(World& world, const SimBucket& destination, BucketId source, Sequence from, Sequence to, std::string_view why);
/// The present last sequence of a bucket's partition.
Sequence last_sequence(World& world, const SimBucket& bucket);

}  // namespace farshore::sim
