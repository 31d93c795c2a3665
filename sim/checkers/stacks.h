// SPDX-License-Identifier: Apache-2.0
// Stacks: everything that stands in a bucket, read through the product's own operations, contents included.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sim/realm/world.h"
#include "storage/partition.h"

namespace farshore::sim {

struct SeenVersion {
  Version version;
  bool readable = true;              ///< the content was read to its end
  std::uint64_t content_crc64 = 0;
  std::uint64_t content_size = 0;
};
/// By key; newest first.
using Stacks = std::map<std::string, std::vector<SeenVersion>>;

/// Of a bucket at rest (a listing of several pages is no snapshot). A failure is a violation.
Stacks read_stacks(World& world, const SimBucket& bucket, bool contents = true);

struct JournalLine {
  Sequence sequence;
  HybridTime committed;
  Change change;
  bool behind_hole = false;  ///< some lines before it were trimmed before anybody read them
};
/// All that was ever committed to the bucket.
std::vector<JournalLine> read_journal(World& world, const SimBucket& bucket);

/// "kind id etag size tags": for messages.
std::string describe(const Version& version);

}  // namespace farshore::sim
