// SPDX-License-Identifier: Apache-2.0
// VersionId: the public name of a version. Opaque to everyone but this file.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/order.h"

namespace farshore {

/// Either `null` or 32 characters minted from an Order:
///
///   id     := base32hex(body check)                 32 characters of 0-9 A-V
///   body   := ~time(8) region(2) partition(8)       big endian; time inverted, so that newer ids sort first
///   check  := 16-bit check over body                2 bytes: tells a malformed id from an absent one
///
/// Unique in the realm; a replica keeps its source's id.
class VersionId {
 public:
  VersionId() = default;  ///< null
  static VersionId null() { return VersionId(); }
  static VersionId mint(const Order& order);
  /// Error: kInvalidArgument with OSS's own text for a malformed one.
  static Result<VersionId> parse(std::string_view text);

  bool is_null() const { return text_.empty(); }
  /// "null" or the 32 characters.
  std::string_view text() const { return text_.empty() ? std::string_view("null") : std::string_view(text_); }
  /// The order this id was minted from. Not for null. The version's own order may have been raised since.
  Order minted_order() const;

  friend bool operator==(const VersionId&, const VersionId&) = default;
  friend auto operator<=>(const VersionId&, const VersionId&) = default;

 private:
  std::string text_;
};

}  // namespace farshore
