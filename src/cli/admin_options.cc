// SPDX-License-Identifier: Apache-2.0
#include "cli/admin_options.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace farshore::cli {
namespace {

/// Adds a subcommand that sets `command` when it is named.
class Subcommands {
 public:
  Subcommands(CLI::App& app, AdminOptions& options) : app_(app), options_(options) {}
  CLI::App* add(const char* name, AdminCommand command, const char* description) { return add_to(app_, name, command, description); }
  CLI::App* add_to(CLI::App& parent, const char* name, AdminCommand command, const char* description) {
    CLI::App* const made = parent.add_subcommand(name, description);
    made->callback([options = &options_, command] { options->command = command; });
    return made;
  }

 private:
  CLI::App& app_;
  AdminOptions& options_;
};

void add_questions(Subcommands& subcommands, AdminOptions& options) {
  subcommands.add("accounts", AdminCommand::kAccounts, "All accounts of the realm");
  subcommands.add("account", AdminCommand::kAccount, "One account and its buckets")->add_option("ACCOUNT", options.name, "Name or uid")->required();
  auto* create = subcommands.add("account-create", AdminCommand::kAccountCreate, "Makes an account and shows its root access key, once");
  create->add_option("NAME", options.name, "Name of the account")->required();
  create->add_option("--regions", options.regions, "Where its secrets may be, comma-separated; everywhere if left out")->delimiter(',');
  subcommands.add("regions", AdminCommand::kRegions, "Regions, how fresh their directory is, and who is connected");
  subcommands.add("health", AdminCommand::kHealth, "Rules that stall or hold parked changes, in one region");
  subcommands.add("rules", AdminCommand::kRules, "The replication rules of a bucket")->add_option("BUCKET", options.bucket, "Source bucket")->required();
  auto* progress = subcommands.add("progress", AdminCommand::kProgress, "How far the rules of a bucket are");
  progress->add_option("BUCKET", options.bucket, "Source bucket")->required();
  progress->add_option("RULE", options.rule, "Rule id; all rules if left out");
  progress->add_flag("--watch", options.watch, "Goes on every second until everything is at the destination");
  auto* parked = subcommands.add("parked", AdminCommand::kParked, "Changes of a rule that wait by themselves, with reason and remedy");
  parked->add_option("BUCKET", options.bucket, "Source bucket")->required();
  parked->add_option("RULE", options.rule, "Rule id")->required();
  parked->add_option("--count", options.count, "How many to show, 1 to 1000")->check(CLI::Range(1, 1000))->capture_default_str();
  auto* explain = subcommands.add("explain", AdminCommand::kExplain, "Where a version is under every rule of its bucket, and why");
  explain->add_option("BUCKET", options.bucket, "Source bucket")->required();
  explain->add_option("KEY", options.key, "Object key")->required();
  explain->add_option("--version", options.version, "Version id; the current version if left out");
  auto* audit = subcommands.add("audit", AdminCommand::kAudit, "The newest management calls of one region");
  audit->add_option("--count", options.count, "How many, 1 to 1000")->check(CLI::Range(1, 1000))->capture_default_str();
}

void add_realm(CLI::App& app, Subcommands& subcommands, AdminOptions& options) {
  CLI::App* const realm = app.add_subcommand("realm", "Makes a realm or joins one; works on files, needs no running region");
  realm->require_subcommand(1);
  const auto add = [&](const char* name, AdminCommand command, const char* description, std::string& directory, std::vector<std::string>& regions) {
    CLI::App* const made = subcommands.add_to(*realm, name, command, description);
    made->add_option("--directory", directory, "The realm's directory; it holds the authority's key: keep it off the regions' hosts")->required();
    made->add_option("--region", regions, "ID=HOST or ID=HOST:PORT,PEERPORT, such as cn-hangzhou=10.0.0.1; once for each region")->required()->allow_extra_args(false);
  };
  add("init", AdminCommand::kRealmInit, "Makes a realm: its authority, and a folder for each region's host; the first region is the home", options.realm_init.directory,
      options.realm_init.regions);
  add("join", AdminCommand::kRealmJoin, "Adds regions to a realm: makes their folders and names them in every region's farshore.toml", options.realm_join.directory,
      options.realm_join.regions);
}

}  // namespace

Parsed<AdminOptions> parse_admin(std::vector<std::string> arguments) {
  AdminOptions options;
  CLI::App app("The operator's command. It talks to one region over HTTP, signed with the operator key.", "farshore admin");
  app.require_subcommand(1);
  app.fallthrough();
  app.add_option("--endpoint", options.endpoint, "URL of a region, such as http://127.0.0.1:9000");
  app.add_option("--data", options.data, "Directory of a `farshore dev` realm: takes endpoints and the operator key from there");
  app.add_option("--operator-key", options.operator_key, "File with the operator key, 64 hex digits");
  app.add_option("--ca,--ca-file", options.ca_file, "Certificates to trust for https, such as the realm's ca.pem; the system's if left out");
  app.add_flag("--json", options.json, "The region's answer as JSON instead of a table");
  Subcommands subcommands(app, options);
  add_questions(subcommands, options);
  add_realm(app, subcommands, options);
  if (auto parsed = parse_arguments(app, std::move(arguments)); !parsed) return std::unexpected(std::move(parsed).error());
  const bool realm = options.command == AdminCommand::kRealmInit || options.command == AdminCommand::kRealmJoin;
  if (realm || !options.data.empty()) return options;
  if (options.endpoint.empty()) return std::unexpected(usage_mistake("farshore admin: --endpoint URL or --data DIR must say which region to ask"));
  if (options.operator_key.empty()) return std::unexpected(usage_mistake("farshore admin: --operator-key FILE or --data DIR must say where the operator key is"));
  return options;
}

}  // namespace farshore::cli
