// SPDX-License-Identifier: Apache-2.0
// KeyWindow: which object keys a listing covers, as row ranges, and how keys roll up into common prefixes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace farshore::objects {

/// The escaped form of the beginning of a key: rows of keys that begin so begin with it.
Bytes escaped_prefix(std::string_view prefix);

/// Prefix, delimiter and marker of a listing over rows "class escaped-key ...". A value.
class KeyWindow {
 public:
  KeyWindow(char row_class, std::string prefix, std::string delimiter) : class_(row_class), prefix_(std::move(prefix)), delimiter_(std::move(delimiter)) {}

  /// The common prefix the key rolls up into, up to and including the first delimiter behind the prefix; nothing: none.
  std::optional<std::string> rolled_up(std::string_view key) const;
  Bytes begin() const;                               ///< the first row of the prefix
  Bytes end() const;                                 ///< behind the last row of the prefix
  Bytes behind_key(std::string_view key) const;      ///< behind all rows of the key
  Bytes behind_prefix(std::string_view start) const; ///< behind all rows of keys that begin so
  /// Where a listing goes on behind an exclusive marker: behind all of it, if it is a whole common prefix.
  Bytes behind_marker(std::string_view marker) const;

 private:
  char class_;
  std::string prefix_;
  std::string delimiter_;
};

}  // namespace farshore::objects
