// SPDX-License-Identifier: Apache-2.0
// run_dev: a whole realm in one process on loopback, for development and tests.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace farshore::server {

struct DevOptions {
  std::string data;
  std::uint16_t port = 9000;  ///< of the first region, the others follow; 0: free ones
  std::vector<std::string> regions = {"cn-hangzhou", "cn-beijing"};
  std::vector<std::string> accounts = {"source", "destination"};
  std::string log_level = "info";
};

/// Serves until SIGTERM or SIGINT, then drains within 15 s. Gives the process's exit code; failures are a sentence on stderr.
int run_dev(const DevOptions& options);

}  // namespace farshore::server
