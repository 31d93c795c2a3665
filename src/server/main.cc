// SPDX-License-Identifier: Apache-2.0
// farshore: one binary. `dev` is a whole realm on loopback, `serve` one region for real, `admin` the operator's command,
// `bench` the load generator.
#include <CLI/CLI.hpp>

#include <cstdio>

#include "cli/commands.h"
#include "server/dev.h"
#include "server/serve.h"

int main(int argc, char** argv) {
  if (argc >= 2 && std::string_view(argv[1]) == "admin") return farshore::cli::run_admin({argv + 2, argv + argc}, farshore::cli::RealmCommands{});
  if (argc >= 2 && std::string_view(argv[1]) == "bench") return farshore::cli::run_bench({argv + 2, argv + argc});

  CLI::App app{"Farshore: an object store that people run themselves, with cross-account, cross-region replication."};
  app.require_subcommand(1);
  farshore::server::DevOptions dev;
  auto* dev_command = app.add_subcommand("dev", "A whole realm in one process on loopback, for development and tests.");
  dev_command->add_option("--data", dev.data, "Directory for everything; made if it is absent")->required();
  dev_command->add_option("--port", dev.port, "Port of the first region, the others follow; 0 picks free ones")->capture_default_str();
  dev_command->add_option("--regions", dev.regions, "Region ids; the first is the realm's home")->delimiter(',')->capture_default_str();
  dev_command->add_option("--accounts", dev.accounts, "Account names")->delimiter(',')->capture_default_str();
  dev_command->add_option("--log", dev.log_level, "debug, info, warn or error")->check(CLI::IsMember({"debug", "info", "warn", "error"}))->capture_default_str();
  std::string config;
  auto* serve_command = app.add_subcommand("serve", "One region, configured by a file (docs/operating/).");
  serve_command->add_option("--config", config, "TOML file")->required();
  app.add_subcommand("admin", "Accounts, rules, progress, parked changes, explain. See: farshore admin --help");
  app.add_subcommand("bench", "Load and replication benchmarks. See: farshore bench --help");
  CLI11_PARSE(app, argc, argv);
  if (*dev_command) return farshore::server::run_dev(dev);
  if (*serve_command) return farshore::server::run_serve(config);
  return 2;
}
