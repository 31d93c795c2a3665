// SPDX-License-Identifier: Apache-2.0
// CommandExit: why a command line was not run: help that was asked for, or a mistake with what was most likely meant.
#pragma once

#include <expected>
#include <string>
#include <vector>

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace farshore::cli {

struct CommandExit {
  int status = 0;    ///< 0: help; 2: a mistake
  std::string text;  ///< ends in a line feed
};

template <class Options>
using Parsed = std::expected<Options, CommandExit>;

/// Parses into what the app's options refer to. A mistake becomes one sentence that names the nearest valid word.
Parsed<void> parse_arguments(CLI::App& app, std::vector<std::string> arguments);

/// A mistake found after parsing.
CommandExit usage_mistake(std::string sentence);

/// Prints the text, help to standard output and mistakes to standard error; gives the status.
int leave(const CommandExit& exit);

}  // namespace farshore::cli
