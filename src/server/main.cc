// SPDX-License-Identifier: Apache-2.0
// farshore: one binary. `dev` is a whole realm on loopback, `serve` one region for real, `admin` the operator's command,
// `bench` the load generator.
#include <CLI/CLI.hpp>

#include <cstdio>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "server/dev.h"
#include "server/realm_setup.h"
#include "server/serve.h"

// jemalloc reads it: pages that were freed go back to the system after one second, not ten, so that one burst and the next do not add up.
extern "C" {
extern const char* malloc_conf;
const char* malloc_conf = "dirty_decay_ms:1000,muzzy_decay_ms:0";
}

namespace {

using RealmStep = farshore::Result<std::string> (*)(const std::string&, const std::vector<farshore::server::RegionSetup>&);

/// Runs a step of `farshore admin realm` and shows what to do next. Exit code: 0 done, 1 it failed, 2 a region is not well named.
int on_realm(RealmStep step, const std::string& directory, const std::vector<std::string>& texts) {
  std::vector<farshore::server::RegionSetup> regions;
  for (const std::string& text : texts) {
    auto region = farshore::server::parse_region_setup(text);
    if (!region) {
      std::fprintf(stderr, "farshore admin realm: %s\n", region.error().message().c_str());
      return 2;
    }
    regions.push_back(*std::move(region));
  }
  const auto next = step(directory, regions);
  if (!next) std::fprintf(stderr, "farshore admin realm: %s\n", next.error().message().c_str());
  if (next) std::fputs(next->c_str(), stdout);
  return next ? 0 : 1;
}

farshore::cli::RealmCommands realm_commands() {
  return {.init = [](const farshore::cli::RealmInit& init) { return on_realm(farshore::server::realm_init, init.directory, init.regions); },
          .join = [](const farshore::cli::RealmJoin& join) { return on_realm(farshore::server::realm_join, join.directory, join.regions); }};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc >= 2 && std::string_view(argv[1]) == "admin") return farshore::cli::run_admin({argv + 2, argv + argc}, realm_commands());
  if (argc >= 2 && std::string_view(argv[1]) == "bench") return farshore::cli::run_bench({argv + 2, argv + argc});

  CLI::App app{"Farshore: an object store that people run themselves, with cross-account, cross-region replication.", "farshore"};
  app.require_subcommand(1);
  farshore::server::DevOptions dev;
  auto* dev_command = app.add_subcommand("dev", "A whole realm in one process on loopback, for development and tests.");
  dev_command->add_option("--data", dev.data, "Directory for everything; made if it is absent")->required();
  dev_command->add_option("--port", dev.port, "Port of the first region, the others follow; 0 picks free ones")->check(CLI::Range(0, 65535))->capture_default_str();
  dev_command->add_option("--regions", dev.regions, "Region ids; the first is the realm's home")->delimiter(',')->capture_default_str();
  dev_command->add_option("--accounts", dev.accounts, "Account names")->delimiter(',')->capture_default_str();
  dev_command->add_option("--log", dev.log_level, "debug, info, warn or error")->check(CLI::IsMember({"debug", "info", "warn", "error"}))->capture_default_str();
  std::string config;
  auto* serve_command = app.add_subcommand("serve", "One region, configured by a file (docs/operating/).");
  serve_command->add_option("--config", config, "TOML file")->required();
  app.add_subcommand("admin", "Accounts, rules, progress, parked changes, explain. See: farshore admin --help");
  app.add_subcommand("bench", "Load and replication benchmarks. See: farshore bench --help");
  if (const auto parsed = farshore::cli::parse_arguments(app, {argv + 1, argv + argc}); !parsed) return farshore::cli::leave(parsed.error());
  if (*dev_command) return farshore::server::run_dev(dev);
  if (*serve_command) return farshore::server::run_serve(config);
  return 2;
}
