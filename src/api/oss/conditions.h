// SPDX-License-Identifier: Apache-2.0
// Conditional requests and ranges, as GET, HEAD and copies judge them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "model/version.h"
#include "objects/get.h"

namespace farshore::api::oss {

/// The four conditions as sent; absent ones hold.
struct Conditions {
  std::optional<std::string_view> if_match;
  std::optional<std::string_view> if_none_match;
  std::optional<std::string_view> if_modified_since;
  std::optional<std::string_view> if_unmodified_since;
  bool any() const { return if_match || if_none_match || if_modified_since || if_unmodified_since; }
};

/// Rule: OSS, "GetObject": If-Match and If-Unmodified-Since fail with kPreconditionFailed (detail Condition), the other two with
/// kNotModified. ETags compare without quotes and case; malformed dates are ignored.
Result<void> check_conditions(const Conditions& conditions, const Version& version);

/// What a Range header means for a content of that size.
struct RangeAnswer {
  bool partial = false;  ///< 206
  objects::ByteRange range;
};

/// Rule: OSS, "Range": one range only. By default anything unusual means the whole object; with `standard` an end beyond the
/// content is cut and a start beyond it is kInvalidRange (details ActualObjectSize, RangeRequested).
Result<RangeAnswer> read_range(std::optional<std::string_view> header, bool standard, std::uint64_t size);

}  // namespace farshore::api::oss
