// SPDX-License-Identifier: Apache-2.0
#include "objects/key_window.h"

#include <algorithm>

#include "storage/keys.h"

namespace farshore::objects {

Bytes escaped_prefix(std::string_view prefix) {
  Bytes escaped = storage::escape_key(prefix);
  escaped.resize(escaped.size() - 2);  // without the end mark
  return escaped;
}

std::optional<std::string> KeyWindow::rolled_up(std::string_view key) const {
  if (delimiter_.empty() || !key.starts_with(prefix_)) return std::nullopt;
  const std::size_t at = key.find(delimiter_, prefix_.size());
  if (at == std::string_view::npos) return std::nullopt;
  return std::string(key.substr(0, at + delimiter_.size()));
}

Bytes KeyWindow::begin() const { return Bytes(1, class_) + escaped_prefix(prefix_); }
Bytes KeyWindow::end() const { return storage::prefix_end(begin()); }
Bytes KeyWindow::behind_key(std::string_view key) const { return storage::prefix_end(Bytes(1, class_) + storage::escape_key(key)); }
Bytes KeyWindow::behind_prefix(std::string_view start) const { return storage::prefix_end(Bytes(1, class_) + escaped_prefix(start)); }

Bytes KeyWindow::behind_marker(std::string_view marker) const {
  if (marker.empty()) return begin();
  const Bytes behind = rolled_up(marker) == marker ? behind_prefix(marker) : behind_key(marker);
  return std::max(behind, begin());
}

}  // namespace farshore::objects
