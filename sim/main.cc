// SPDX-License-Identifier: Apache-2.0
// farshore-sim: runs simulated realms over many seeds and stops at the first broken promise with the seed that shows it.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "sim/marks/marks.h"
#include "sim/scenarios/scenario.h"

namespace farshore::sim {
namespace {

struct Options {
  std::uint64_t seeds = 100;
  std::uint64_t first = 1;
  std::string scenario = "mixed";
  unsigned jobs = 1;
  bool list = false;
  bool hash = false;
  bool marks = false;
};

struct Totals {
  std::uint64_t seeds = 0;
  std::uint64_t runs = 0;
  std::uint64_t operations = 0;
  std::uint64_t faults = 0;
  std::uint64_t violations = 0;
  double hours = 0;
  SimTrace::Events events;

  void add(const Totals& other) {
    seeds += other.seeds;
    runs += other.runs;
    operations += other.operations;
    faults += other.faults;
    violations += other.violations;
    hours += other.hours;
    for (const auto& [event, count] : other.events) events[event] += count;
  }
  /// As words, for the pipe between a job and the one that sums up.
  std::string text() const {
    std::string out = fmt::format("{} {} {} {} {} {:.9f}\n", seeds, runs, operations, faults, violations, hours);
    for (const auto& [event, count] : events) out += fmt::format("{} {}\n", count, event);
    return out;
  }
  static Totals read(const std::string& text) {
    std::istringstream in(text);
    Totals totals;
    in >> totals.seeds >> totals.runs >> totals.operations >> totals.faults >> totals.violations >> totals.hours;
    if (!in) return totals.violations = 1, totals;  // it died on the way: its own output says why
    std::uint64_t count = 0;
    while (in >> count && in.get() == ' ') {
      std::string event;
      std::getline(in, event);
      totals.events[event] += count;
    }
    return totals;
  }
};

/// What a seed runs. Mixed: the campaign, and with every eighth seed one of the named scenarios, in turn.
std::vector<const Scenario*> chosen(const Options& options, std::uint64_t seed) {
  const std::vector<Scenario>& all = scenarios();
  std::vector<const Scenario*> out;
  if (options.scenario == "mixed") {
    out.push_back(&all.front());
    if (seed % 8 == 0) out.push_back(&all[1 + seed / 8 % (all.size() - 1)]);
  } else if (options.scenario == "all") {
    for (const Scenario& scenario : all) out.push_back(&scenario);
  } else {
    out.push_back(find_scenario(options.scenario));
  }
  return out;
}

/// One run; says whether it kept every promise.
bool run_one(const Options& options, const Scenario& scenario, std::uint64_t seed, Totals& totals) {
  const Report report = run_scenario(scenario, seed);
  ++totals.runs;
  totals.operations += report.operations;
  totals.faults += report.faults;
  totals.hours += std::chrono::duration<double, std::ratio<3600>>(report.simulated).count();
  for (const auto& [event, count] : report.events) totals.events[event] += count;
  if (options.hash) std::puts(fmt::format("{} {} {:016x}", scenario.name, seed, report.trace_hash).c_str());
  if (report.violations.empty()) return true;
  totals.violations += report.violations.size();
  std::string text = fmt::format("scenario {} seed {}:\n", scenario.name, seed);
  for (const std::string& violation : report.violations) text += "  " + violation + "\n";
  text += fmt::format("replay: FARSHORE_SIM_LOG=1 farshore-sim --scenario {} --first {} --seeds 1\n", scenario.name, seed);
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
  return false;
}

/// The seeds of one job. Ends at its first violation, or soon after another job has found one.
Totals run_job(const Options& options, unsigned job, std::atomic<bool>& found) {
  Totals totals;
  for (std::uint64_t seed = options.first + job; seed < options.first + options.seeds && !found; seed += options.jobs) {
    ++totals.seeds;
    for (const Scenario* scenario : chosen(options, seed)) {
      if (run_one(options, *scenario, seed, totals)) continue;
      found = true;
      return totals;
    }
  }
  return totals;
}

std::string read_all(int end) {
  std::string text;
  char buffer[4096];
  for (ssize_t count = 0; (count = read(end, buffer, sizeof buffer)) > 0;) text.append(buffer, static_cast<std::size_t>(count));
  return text;
}

void write_all(int end, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(end, text.data(), text.size());
    if (count <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

/// Jobs are processes: a simulated world shares nothing but the wish to stop.
Totals run_all(const Options& options) {
  void* const shared = mmap(nullptr, sizeof(std::atomic<bool>), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) std::abort();
  auto& found = *new (shared) std::atomic<bool>(false);
  if (options.jobs <= 1) return run_job(options, 0, found);
  std::vector<std::pair<pid_t, int>> children;
  for (unsigned job = 0; job < options.jobs; ++job) {
    int ends[2];
    if (pipe(ends) != 0) std::abort();
    const pid_t child = fork();
    if (child == 0) {
      close(ends[0]);
      write_all(ends[1], run_job(options, job, found).text());
      std::fflush(nullptr);
      _exit(0);
    }
    close(ends[1]);
    children.emplace_back(child, ends[0]);
  }
  Totals sum;
  for (const auto& [child, end] : children) {
    sum.add(Totals::read(read_all(end)));
    close(end);
    waitpid(child, nullptr, 0);
  }
  return sum;
}

/// Says how often each rare branch was reached; false if one was not.
bool show_marks(const SimTrace::Events& events) {
  for (const Mark& mark : marks()) {
    const auto reached = events.find(mark.event);
    std::puts(fmt::format("{:>10} {:<42} {}", reached == events.end() ? 0 : reached->second, mark.event, mark.what).c_str());
  }
  const std::size_t missing = unreached(events).size();
  std::puts(fmt::format("{} marks, {} not reached", marks().size(), missing).c_str());
  return missing == 0;
}

}  // namespace
}  // namespace farshore::sim

int main(int argc, char** argv) {
  using namespace farshore::sim;
  Options options;
  CLI::App app("Runs simulated realms under many seeds and checks what they promise.");
  app.add_option("--seeds", options.seeds, "How many seeds")->capture_default_str();
  app.add_option("--first", options.first, "The first seed")->capture_default_str();
  app.add_option("--scenario", options.scenario, "One scenario by name, all of them for every seed, or mixed: the campaign, with a named one now and then")->capture_default_str();
  app.add_option("--jobs", options.jobs, "Processes side by side")->capture_default_str();
  app.add_flag("--list", options.list, "List the scenarios");
  app.add_flag("--hash", options.hash, "Print each run's hash of everything that happened");
  app.add_flag("--marks", options.marks, "Print how often each rare branch was reached, and fail if one never was");
  CLI11_PARSE(app, argc, argv);
  if (options.list) {
    for (const Scenario& scenario : scenarios()) std::puts(fmt::format("{:<20} {}", scenario.name, scenario.what).c_str());
    return 0;
  }
  if (options.scenario != "mixed" && options.scenario != "all" && find_scenario(options.scenario) == nullptr) {
    std::fputs("farshore-sim: no such scenario; --list shows them\n", stderr);
    return 2;
  }
  const Totals totals = run_all(options);
  const bool reached = !options.marks || show_marks(totals.events);
  std::puts(fmt::format("{} seeds, {} runs, {:.1f} simulated hours, {} operations, {} faults, {} violations", totals.seeds, totals.runs, totals.hours, totals.operations, totals.faults,
                        totals.violations)
                .c_str());
  return totals.violations == 0 && reached ? 0 : 1;
}
