// SPDX-License-Identifier: Apache-2.0
// LocalSettings: what an operator may choose about the embedded store. All need a restart.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace farshore::backend {

struct LocalSettings {
  std::uint64_t segment_bytes = 64u << 20;       ///< a segment ends here; 64 KiB to 4 GiB
  std::uint64_t segment_grow_bytes = 64u << 20;  ///< a new segment's file grows in these steps; 4 KiB to 4 GiB
  std::uint32_t spare_segments = 1;              ///< pre-written files kept ready, 0 to 16; 0: none are written ahead
  std::uint64_t inline_max_bytes = 256u << 10;   ///< larger blobs get a file of their own; 0 to 1 MiB
  std::uint64_t group_max_bytes = 4u << 20;      ///< one write of the log; 4 KiB to 64 MiB (one larger commit still fits)
  std::uint32_t group_max_commits = 256;         ///< 1 to 4,096
  std::uint64_t queued_max_bytes = 32u << 20;    ///< commits that wait for the disk; 64 KiB to 1 GiB
  std::uint64_t checkpoint_bytes = 64u << 20;    ///< log written between two flushes of the index; 64 KiB to 16 GiB
  std::uint64_t reserve_bytes = 256u << 20;      ///< with less than this free, bodies are refused; up to 1 TiB
  std::uint32_t compact_below_percent = 40;      ///< segments with a smaller share of live bytes are compacted; 0 (never) to 90
  std::uint64_t compact_bytes_per_second = 32u << 20;  ///< 4 KiB to 4 GiB
  std::uint64_t compact_interval_ms = 1000;            ///< 1 ms to 1 h
  std::uint64_t scrub_bytes_per_second = 4u << 20;     ///< 0: never; up to 1 GiB
  std::uint64_t row_cache_bytes = 48u << 20;           ///< index rows kept for hot reads; 0 to 16 GiB
  std::uint64_t clock_drift_max_ms = 60000;            ///< how far a remote stamp may pull the clock ahead; 0 to 1 day

  /// kInvalidArgument, naming the field that is out of range.
  Result<void> check() const;
  /// Sets the field of that name, as configuration files do. kInvalidArgument, naming it: not known, or out of range.
  Result<void> set(std::string_view field, std::uint64_t value);
  /// For a realm on a developer's machine: small files that grow with what is in them.
  static LocalSettings development();
};

}  // namespace farshore::backend
