// SPDX-License-Identifier: Apache-2.0
#include "sim/checkers/convergence.h"

#include <algorithm>
#include <set>

namespace farshore::sim {
namespace {

/// What must be the same at both ends; empty if it is.
std::string difference(const SeenVersion& here, const SeenVersion& there) {
  if (here.version.id != there.version.id) return "another version id";
  if (here.version.tags != there.version.tags) return "other tags";
  return difference_but_names(here, there);
}

std::string listing(const std::vector<SeenVersion>& stack) {
  std::string text;
  for (const SeenVersion& seen : stack) text += "\n      " + describe(seen.version) + (seen.version.origin ? " (replica)" : "");
  return text;
}

}  // namespace

std::string difference_but_names(const SeenVersion& here, const SeenVersion& there) {
  const Version& a = here.version;
  const Version& b = there.version;
  if (a.kind != b.kind) return "another kind";
  if (a.etag != b.etag) return "another ETag";
  if (a.crc64 != b.crc64 || a.size != b.size) return "another CRC64 or size";
  if (!there.readable) return "its content cannot be read";
  if (here.content_crc64 != there.content_crc64 || here.content_size != there.content_size) return "another content";
  if (a.metadata != b.metadata) return "other metadata";
  if (a.last_modified_millis != b.last_modified_millis) return "another Last-Modified";
  if (a.type != b.type || a.part_sizes != b.part_sizes || a.content_md5 != b.content_md5) return "another shape";
  return {};
}

void check_convergence(World& world, const SimRule& rule, const Stacks& source, const Stacks& destination, const ConvergenceSettings& settings) {
  const std::string where = fmt::format("{} -> {}", rule.source.name.get(), rule.destination.name.get());
  std::set<std::string> keys;
  for (const auto& [key, stack] : source) keys.insert(key);
  for (const auto& [key, stack] : destination) keys.insert(key);
  static const std::vector<SeenVersion> kNothing;
  const auto of = [](const Stacks& stacks, const std::string& key) -> const std::vector<SeenVersion>& {
    const auto found = stacks.find(key);
    return found == stacks.end() ? kNothing : found->second;
  };
  for (const std::string& key : keys) {
    if (!key.starts_with(settings.prefix)) continue;
    const auto& here = of(source, key);
    const auto& there = of(destination, key);
    std::set<std::string_view> ids;
    for (const SeenVersion& seen : there) {
      if (!ids.insert(seen.version.id.text()).second) world.violate(fmt::format("{}: {} has version {} twice", where, key, seen.version.id.text()));
    }
    std::size_t at = 0;
    std::string problem;
    for (const SeenVersion& seen : here) {
      // Replicas are not forwarded, unless both ends are to be one.
      if (seen.version.origin && !settings.two_way) continue;
      if (seen.version.last_modified_millis < settings.since_millis) continue;
      const std::size_t from = at;
      while (at < there.size() && there[at].version.id != seen.version.id) ++at;
      if (at == there.size()) {
        problem = fmt::format("{} is missing or out of order", describe(seen.version));
        break;
      }
      if (const std::string differs = difference(seen, there[at]); !differs.empty()) {
        problem = fmt::format("{} has {} there", describe(seen.version), differs);
        break;
      }
      const bool extra = at != from;
      ++at;
      if (extra && settings.deletions && !settings.others_write) {
        problem = "the destination has more";
        break;
      }
    }
    if (problem.empty() && at != there.size() && settings.deletions && !settings.others_write) problem = "the destination has more";
    if (!problem.empty()) world.violate(fmt::format("{}: {}: {}\n    source:{}\n    destination:{}", where, key, problem, listing(here), listing(there)));
  }
}

}  // namespace farshore::sim
