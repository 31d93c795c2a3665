// SPDX-License-Identifier: Apache-2.0
#include "api/admin/nearest_name.h"

#include <algorithm>
#include <vector>

#include "codec/text.h"

namespace farshore::api::admin {

std::size_t name_distance(std::string_view first, std::string_view second) {
  if (first.size() > kNearestNameBytesMax || second.size() > kNearestNameBytesMax) return std::max(first.size(), second.size());
  const std::string a = codec::to_lower(first);
  const std::string b = codec::to_lower(second);
  // Rows of the usual table; `before` is two rows back, for swapped neighbours.
  std::vector<std::size_t> before(b.size() + 1), previous(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, previous);
    std::swap(previous, row);
  }
  return previous[b.size()];
}

std::optional<std::string> nearest_name(std::string_view name, std::span<const std::string> candidates) {
  if (name.empty()) return std::nullopt;
  const std::string* best = nullptr;
  std::size_t best_distance = 0;
  for (const std::string& candidate : candidates) {
    if (name.size() >= 3 && codec::istarts_with(candidate, name)) return candidate;
    const std::size_t distance = name_distance(name, candidate);
    const std::size_t allowed = std::max<std::size_t>(2, candidate.size() / 3);
    if (distance > allowed || distance >= std::max(name.size(), candidate.size())) continue;
    if (best == nullptr || distance < best_distance) {
      best = &candidate;
      best_distance = distance;
    }
  }
  return best == nullptr ? std::nullopt : std::optional<std::string>(*best);
}

}  // namespace farshore::api::admin
