// SPDX-License-Identifier: Apache-2.0
// farshore-sim: runs scenarios over many seeds and stops at the first broken promise with the seed that shows it.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "sim/scenarios/scenario.h"

namespace farshore::sim {
namespace {

struct Options {
  std::uint64_t seeds = 100;
  std::uint64_t first = 1;
  std::string scenario;
  unsigned jobs = 1;
  bool list = false;
};

struct Totals {
  std::uint64_t runs = 0;
  std::uint64_t operations = 0;
  std::uint64_t faults = 0;
  std::uint64_t violations = 0;
  double hours = 0;
};

/// Every scenario (or the chosen one) for the seeds of one job; stops at the first violation.
Totals run_job(const Options& options, unsigned job) {
  Totals totals;
  for (std::uint64_t seed = options.first + job; seed < options.first + options.seeds; seed += options.jobs) {
    for (const Scenario& scenario : scenarios()) {
      if (!options.scenario.empty() && options.scenario != scenario.name) continue;
      const Report report = run_scenario(scenario, seed);
      ++totals.runs;
      totals.operations += report.operations;
      totals.faults += report.faults;
      totals.hours += std::chrono::duration<double, std::ratio<3600>>(report.simulated).count();
      if (report.violations.empty()) continue;
      totals.violations += report.violations.size();
      std::string text = fmt::format("scenario {} seed {}:\n", scenario.name, seed);
      for (const std::string& violation : report.violations) text += "  " + violation + "\n";
      text += fmt::format("replay: FARSHORE_SIM_LOG=1 farshore-sim --scenario {} --first {} --seeds 1\n", scenario.name, seed);
      std::fputs(text.c_str(), stdout);
      std::fflush(stdout);
      return totals;
    }
  }
  return totals;
}

/// Jobs are processes: a simulated world shares nothing.
Totals run_all(const Options& options) {
  if (options.jobs <= 1) return run_job(options, 0);
  std::vector<std::pair<pid_t, int>> children;
  for (unsigned job = 0; job < options.jobs; ++job) {
    int ends[2];
    if (pipe(ends) != 0) return {};
    const pid_t child = fork();
    if (child == 0) {
      close(ends[0]);
      const Totals totals = run_job(options, job);
      const bool told = write(ends[1], &totals, sizeof totals) == static_cast<ssize_t>(sizeof totals);
      _exit(told && totals.violations == 0 ? 0 : 1);
    }
    close(ends[1]);
    children.emplace_back(child, ends[0]);
  }
  Totals sum;
  for (const auto& [child, end] : children) {
    Totals part;
    if (read(end, &part, sizeof part) != static_cast<ssize_t>(sizeof part)) {
      part = {};
      part.violations = 1;  // it died on the way: its own output says why
    }
    close(end);
    waitpid(child, nullptr, 0);
    sum.runs += part.runs;
    sum.operations += part.operations;
    sum.faults += part.faults;
    sum.violations += part.violations;
    sum.hours += part.hours;
  }
  return sum;
}

}  // namespace
}  // namespace farshore::sim

int main(int argc, char** argv) {
  using namespace farshore::sim;
  Options options;
  CLI::App app("Runs simulated realms under many seeds and checks what they promise.");
  app.add_option("--seeds", options.seeds, "How many seeds");
  app.add_option("--first", options.first, "The first seed");
  app.add_option("--scenario", options.scenario, "One scenario only");
  app.add_option("--jobs", options.jobs, "Processes side by side");
  app.add_flag("--list", options.list, "List the scenarios");
  CLI11_PARSE(app, argc, argv);
  if (options.list) {
    for (const Scenario& scenario : scenarios()) std::puts(fmt::format("{:<20} {}", scenario.name, scenario.what).c_str());
    return 0;
  }
  if (!options.scenario.empty() && find_scenario(options.scenario) == nullptr) {
    std::fputs("farshore-sim: no such scenario; --list shows them\n", stderr);
    return 2;
  }
  const Totals totals = run_all(options);
  std::puts(fmt::format("{} seeds, {} runs, {:.1f} simulated hours, {} operations, {} faults, {} violations", options.seeds, totals.runs, totals.hours, totals.operations,
                        totals.faults, totals.violations)
                .c_str());
  return totals.violations == 0 ? 0 : 1;
}
