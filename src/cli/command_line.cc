// SPDX-License-Identifier: Apache-2.0
#include "cli/command_line.h"

#include <algorithm>
#include <cstdio>
#include <optional>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <fmt/format.h>

#include "api/admin/nearest_name.h"

namespace farshore::cli {
namespace {

/// The innermost subcommand that was named, and the words that lead to it.
struct Place {
  CLI::App* app;
  std::string words;
};
Place innermost(CLI::App& root) {
  Place place{&root, root.get_name()};
  while (true) {
    const auto named = place.app->get_subcommands();
    if (named.empty()) return place;
    place.app = named.front();
    place.words += " " + place.app->get_name();
  }
}

std::vector<std::string> option_names(const CLI::App* app) {
  std::vector<std::string> names;
  for (; app != nullptr; app = app->get_parent()) {
    for (const CLI::Option* option : app->get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
  }
  return names;
}

std::vector<std::string> subcommand_names(CLI::App* app) {
  std::vector<std::string> names;
  for (const CLI::App* one : app->get_subcommands([](CLI::App*) { return true; })) names.push_back(one->get_name());
  return names;
}

CommandExit explain(CLI::App& root, const CLI::ParseError& error) {
  const Place place = innermost(root);
  const std::vector<std::string> left = root.remaining(true);
  const std::vector<std::string> subcommands = subcommand_names(place.app);
  if (left.empty()) {
    if (subcommands.empty()) return usage_mistake(fmt::format("{}: {}; see {} --help", place.words, error.what(), place.words));
    return usage_mistake(fmt::format("{}: a subcommand is needed: {}", place.words, fmt::join(subcommands, ", ")));
  }
  const auto option = std::find_if(left.begin(), left.end(), [](const std::string& word) { return word.starts_with('-'); });
  // A mistyped option leaves its value behind, too; a mistyped subcommand comes before all else.
  const bool is_option = option != left.end() && (subcommands.empty() || option == left.begin());
  const std::string& word = is_option ? *option : left.front();
  const auto near = api::admin::nearest_name(word.substr(0, word.find('=')), is_option ? option_names(place.app) : subcommands);
  const std::string hint = near ? fmt::format("did you mean '{}'?", *near) : fmt::format("see {} --help", place.words);
  if (is_option) return usage_mistake(fmt::format("{}: there is no option '{}'; {}", place.words, word, hint));
  if (!subcommands.empty()) return usage_mistake(fmt::format("{}: there is no subcommand '{}'; {}", place.words, word, hint));
  return usage_mistake(fmt::format("{}: the argument '{}' is one too many; see {} --help", place.words, word, place.words));
}

}  // namespace

CommandExit usage_mistake(std::string sentence) { return CommandExit{2, std::move(sentence) + "\n"}; }

Parsed<void> parse_arguments(CLI::App& app, std::vector<std::string> arguments) {
  std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the back
  try {
    app.parse(std::move(arguments));
    return {};
  } catch (const CLI::CallForHelp&) {
    CLI::App* const place = innermost(app).app;
    return std::unexpected(CommandExit{0, place->help(place->get_parent() == nullptr ? "" : innermost(app).words.substr(0, innermost(app).words.rfind(' ')))});
  } catch (const CLI::ParseError& error) {
    return std::unexpected(explain(app, error));
  }
}

int leave(const CommandExit& exit) {
  std::fputs(exit.text.c_str(), exit.status == 0 ? stdout : stderr);
  return exit.status;
}

}  // namespace farshore::cli
