// SPDX-License-Identifier: Apache-2.0
#include "backend/local/settings.h"

#include <fmt/format.h>

namespace farshore::backend {
namespace {

struct Range {
  const char* name;
  std::uint64_t value;
  std::uint64_t least;
  std::uint64_t most;
};

}  // namespace

Result<void> LocalSettings::check() const {
  const Range ranges[] = {
      {"segment_bytes", segment_bytes, 64u << 10, 4ull << 30},
      {"segment_grow_bytes", segment_grow_bytes, 4u << 10, 4ull << 30},
      {"spare_segments", spare_segments, 0, 16},
      {"inline_max_bytes", inline_max_bytes, 0, 1u << 20},
      {"group_max_bytes", group_max_bytes, 4u << 10, 64u << 20},
      {"group_max_commits", group_max_commits, 1, 4096},
      {"queued_max_bytes", queued_max_bytes, 64u << 10, 1u << 30},
      {"checkpoint_bytes", checkpoint_bytes, 64u << 10, 16ull << 30},
      {"reserve_bytes", reserve_bytes, 0, 1ull << 40},
      {"compact_below_percent", compact_below_percent, 0, 90},
      {"compact_bytes_per_second", compact_bytes_per_second, 4u << 10, 4ull << 30},
      {"compact_interval_ms", compact_interval_ms, 1, 3600000},
      {"scrub_bytes_per_second", scrub_bytes_per_second, 0, 1u << 30},
      {"clock_drift_max_ms", clock_drift_max_ms, 0, 86400000},
  };
  for (const Range& range : ranges) {
    if (range.value >= range.least && range.value <= range.most) continue;
    return Error(ErrorCode::kInvalidArgument,
                 fmt::format("setting {} is {}, which is not within {} to {}", range.name, range.value, range.least, range.most))
        .with("setting", range.name);
  }
  return {};
}

LocalSettings LocalSettings::development() {
  LocalSettings settings;
  settings.segment_bytes = 16u << 20;
  settings.segment_grow_bytes = 1u << 20;
  settings.spare_segments = 0;
  settings.checkpoint_bytes = 16u << 20;
  settings.reserve_bytes = 64u << 20;
  return settings;
}

}  // namespace farshore::backend
