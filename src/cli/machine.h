// SPDX-License-Identifier: Apache-2.0
// What a benchmark ran on, and what it cost in CPU time.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace farshore::cli {

struct Machine {
  unsigned cores = 0;
  std::string model;
  std::string kernel;
};
Machine this_machine();
/// The first "model name" of a /proc/cpuinfo; empty if there is none.
std::string cpu_model(std::string_view cpuinfo);

/// User and system seconds from a /proc/PID/stat line, given how many ticks a second has. Nothing if it is malformed. The
/// process's name may hold blanks and parentheses.
std::optional<double> stat_cpu_seconds(std::string_view stat, long ticks_per_second);
/// Of a running process; nothing if there is none.
std::optional<double> cpu_seconds_of(int pid);
/// Of this process.
double own_cpu_seconds();

}  // namespace farshore::cli
