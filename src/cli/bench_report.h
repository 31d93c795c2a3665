// SPDX-License-Identifier: Apache-2.0
// BenchReport: the figures of one benchmark as JSON and as a table.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/bench_options.h"
#include "cli/latency_samples.h"
#include "cli/machine.h"

namespace farshore::cli {

struct BenchReport {
  Benchmark benchmark = Benchmark::kPut;
  std::string endpoint, bucket;
  std::string destination, destination_bucket;  ///< replicate and lag only
  Machine machine;
  std::size_t connections = 0;
  std::uint64_t size_bytes = 0;

  std::uint64_t operations = 0, errors = 0;
  std::string first_error;
  std::uint64_t bytes = 0;
  double seconds = 0;           ///< replicate: from the first PUT to the last replica
  LatencySummary latency;       ///< of the requests sent
  std::optional<LatencySummary> lag;
  struct Replication {
    double put_seconds = 0;     ///< first PUT to last 200
    double drain_seconds = 0;   ///< last 200 to last replica
    std::uint64_t replicas = 0;
  };
  std::optional<Replication> replication;

  double client_cpu_seconds = 0;  ///< of the benchmark itself
  struct Process {
    int pid = 0;
    std::optional<double> cpu_seconds;  ///< nothing if it was not there at both ends
  };
  std::vector<Process> processes;
};

/// One object on one line; names as documented in bench/README.md.
std::string report_json(const BenchReport& report);
std::string report_text(const BenchReport& report);

}  // namespace farshore::cli
