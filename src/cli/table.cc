// SPDX-License-Identifier: Apache-2.0
#include "cli/table.h"

#include <algorithm>

namespace farshore::cli {
namespace {

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return out;
}

std::string Table::text() const {
  std::vector<std::string> header = columns_;
  std::vector<bool> right(header.size());
  for (std::size_t i = 0; i < header.size(); ++i) {
    right[i] = header[i].starts_with('>');
    if (right[i]) header[i].erase(0, 1);
  }
  std::vector<std::vector<std::string>> lines{header};
  for (const auto& row : rows_) {
    auto& line = lines.emplace_back();
    for (std::size_t i = 0; i < header.size(); ++i) line.push_back(printable(i < row.size() ? row[i] : ""));
  }
  std::vector<std::size_t> widths(header.size());
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width_of(line[i]));
  }
  std::string out;
  for (const auto& line : lines) {
    std::string shown;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const std::string blanks(widths[i] - width_of(line[i]), ' ');
      shown += right[i] ? blanks + line[i] : line[i] + blanks;
      if (i + 1 < line.size()) shown += "  ";
    }
    shown.erase(shown.find_last_not_of(' ') + 1);
    out += shown + "\n";
  }
  return out;
}

}  // namespace farshore::cli
