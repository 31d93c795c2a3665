// SPDX-License-Identifier: Apache-2.0
#include "backend/local/settings.h"

#include <string_view>
#include <type_traits>

#include <fmt/format.h>

namespace farshore::backend {
namespace {

struct Field {
  std::string_view name;
  std::uint64_t least;
  std::uint64_t most;
  std::uint64_t (*get)(const LocalSettings&);
  void (*set)(LocalSettings&, std::uint64_t);
};

template <auto kMember>
constexpr Field field(std::string_view name, std::uint64_t least, std::uint64_t most) {
  return Field{name, least, most, [](const LocalSettings& settings) -> std::uint64_t { return settings.*kMember; },
               [](LocalSettings& settings, std::uint64_t value) {
                 settings.*kMember = static_cast<std::remove_reference_t<decltype(settings.*kMember)>>(value);
               }};
}

constexpr Field kFields[] = {
    field<&LocalSettings::segment_bytes>("segment_bytes", 64u << 10, 4ull << 30),
    field<&LocalSettings::segment_grow_bytes>("segment_grow_bytes", 4u << 10, 4ull << 30),
    field<&LocalSettings::spare_segments>("spare_segments", 0, 16),
    field<&LocalSettings::inline_max_bytes>("inline_max_bytes", 0, 1u << 20),
    field<&LocalSettings::group_max_bytes>("group_max_bytes", 4u << 10, 64u << 20),
    field<&LocalSettings::group_max_commits>("group_max_commits", 1, 4096),
    field<&LocalSettings::queued_max_bytes>("queued_max_bytes", 64u << 10, 1u << 30),
    field<&LocalSettings::checkpoint_bytes>("checkpoint_bytes", 64u << 10, 16ull << 30),
    field<&LocalSettings::reserve_bytes>("reserve_bytes", 0, 1ull << 40),
    field<&LocalSettings::compact_below_percent>("compact_below_percent", 0, 90),
    field<&LocalSettings::compact_bytes_per_second>("compact_bytes_per_second", 4u << 10, 4ull << 30),
    field<&LocalSettings::compact_interval_ms>("compact_interval_ms", 1, 3600000),
    field<&LocalSettings::scrub_bytes_per_second>("scrub_bytes_per_second", 0, 1u << 30),
    field<&LocalSettings::row_cache_bytes>("row_cache_bytes", 0, 16ull << 30),
    field<&LocalSettings::clock_drift_max_ms>("clock_drift_max_ms", 0, 86400000),
};

Result<void> check_range(const Field& field, std::uint64_t value) {
  if (value >= field.least && value <= field.most) return {};
  return Error(ErrorCode::kInvalidArgument, fmt::format("setting {} is {}, which is not within {} to {}", field.name, value, field.least, field.most))
      .with("setting", field.name);
}

}  // namespace

Result<void> LocalSettings::check() const {
  for (const Field& field : kFields) TRY_OK(check_range(field, field.get(*this)));
  return {};
}

Result<void> LocalSettings::set(std::string_view name, std::uint64_t value) {
  for (const Field& field : kFields) {
    if (field.name != name) continue;
    TRY_OK(check_range(field, value));
    field.set(*this, value);
    return {};
  }
  return Error(ErrorCode::kInvalidArgument, fmt::format("setting {} is not known", name)).with("setting", name);
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
