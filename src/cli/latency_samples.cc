// SPDX-License-Identifier: Apache-2.0
#include "cli/latency_samples.h"

#include <algorithm>
#include <cmath>

namespace farshore::cli {

std::uint64_t LatencySamples::next_random() {
  random_ ^= random_ << 13;
  random_ ^= random_ >> 7;
  random_ ^= random_ << 17;
  return random_;
}

void LatencySamples::add(Duration took) {
  const double millis = std::chrono::duration<double, std::milli>(took).count();
  ++count_;
  sum_ += millis;
  max_ = std::max(max_, millis);
  if (kept_.size() < kept_max_) {
    kept_.push_back(static_cast<float>(millis));
  } else if (const std::uint64_t place = next_random() % count_; place < kept_max_) {
    kept_[place] = static_cast<float>(millis);
  }
}

LatencySummary LatencySamples::summary() const {
  LatencySummary out;
  out.count = count_;
  if (kept_.empty()) return out;
  std::vector<float> sorted = kept_;
  std::sort(sorted.begin(), sorted.end());
  const auto at = [&](double share) {
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
    return static_cast<double>(sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1]);
  };
  out.mean = sum_ / static_cast<double>(count_);
  out.p50 = at(0.5);
  out.p90 = at(0.9);
  out.p99 = at(0.99);
  out.p999 = at(0.999);
  out.max = max_;
  return out;
}

}  // namespace farshore::cli
