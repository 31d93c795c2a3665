// SPDX-License-Identifier: Apache-2.0
// LatencySamples: how long operations took, with exact percentiles of up to a million of them.
#pragma once

#include <cstdint>
#include <vector>

#include "runtime/time.h"

namespace farshore::cli {

/// What is reported, in milliseconds. All 0 without samples.
struct LatencySummary {
  std::uint64_t count = 0;
  double mean = 0, p50 = 0, p90 = 0, p99 = 0, p999 = 0, max = 0;
};

/// Beyond `kept_max` samples a uniform choice of them is kept; count, mean and max stay exact. A value type.
class LatencySamples {
 public:
  explicit LatencySamples(std::size_t kept_max = 1'000'000) : kept_max_(kept_max) {}
  void add(Duration took);
  std::uint64_t count() const { return count_; }
  /// The value that `share` (0 to 1) of the kept samples do not exceed, by nearest rank.
  LatencySummary summary() const;

 private:
  std::uint64_t next_random();
  std::size_t kept_max_;
  std::vector<float> kept_;  // milliseconds
  std::uint64_t count_ = 0;
  double sum_ = 0;
  double max_ = 0;
  std::uint64_t random_ = 0x9E3779B97F4A7C15u;
};

}  // namespace farshore::cli
