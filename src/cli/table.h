// SPDX-License-Identifier: Apache-2.0
// Table: rows of text in columns, for people.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace farshore::cli {

/// Columns are as wide as their widest cell; a column whose name begins with '>' stands to the right. Control characters in
/// cells are shown as '?', so that a key cannot steer the terminal. A value type.
class Table {
 public:
  explicit Table(std::vector<std::string> columns) : columns_(std::move(columns)) {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  bool empty() const { return rows_.empty(); }
  /// Header and rows, two blanks between columns, each line ended.
  std::string text() const;

 private:
  std::vector<std::string> columns_;
  std::vector<std::vector<std::string>> rows_;
};

/// Text without control characters.
std::string printable(std::string_view text);

}  // namespace farshore::cli
