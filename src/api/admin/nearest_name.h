// SPDX-License-Identifier: Apache-2.0
// nearest_name: what somebody most likely meant by a mistyped name.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace farshore::api::admin {

/// How many characters must be inserted, deleted, replaced or swapped with their neighbour to turn one name into the other;
/// ASCII case ignored. Names beyond kNearestNameBytesMax count as wholly different.
std::size_t name_distance(std::string_view a, std::string_view b);
inline constexpr std::size_t kNearestNameBytesMax = 256;

/// The candidate nearest to `name`: one that begins with it, or the one with the smallest distance, if that is at most a third
/// of its length (and 2 at least). The first of equals. Nothing if none is near.
std::optional<std::string> nearest_name(std::string_view name, std::span<const std::string> candidates);

}  // namespace farshore::api::admin
