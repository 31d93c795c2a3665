// SPDX-License-Identifier: Apache-2.0
// run_admin: asks a region and shows its answer.
#include <cstdio>

#include <fmt/format.h>

#include "cli/admin_client.h"
#include "cli/admin_options.h"
#include "cli/admin_tables.h"
#include "cli/commands.h"
#include "cli/realm_file.h"
#include "cli/shell.h"

namespace farshore::cli {
namespace {

constexpr Duration kWatchEvery = std::chrono::seconds(1);

void print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);  // --watch may run into a pipe
}

int complain(const std::string& sentence) {
  std::fprintf(stderr, "farshore admin: %s\n", sentence.c_str());
  return 1;
}

AdminQuestion question_of(const AdminOptions& options) {
  AdminQuestion ask;
  switch (options.command) {
    case AdminCommand::kAccounts: ask.path = "accounts"; break;
    case AdminCommand::kAccount: ask.path = "accounts/" + codec::percent_encode(options.name); break;
    case AdminCommand::kAccountCreate: {
      codec::JsonWriter json;
      json.begin_object().member("name", options.name).name("regions").begin_array();
      for (const std::string& region : options.regions) json.value(region);
      ask.body = json.end_array().end_object().take();
      ask.method = "POST";
      ask.path = "accounts";
      break;
    }
    case AdminCommand::kRegions: ask.path = "regions"; break;
    case AdminCommand::kHealth: ask.path = "health"; break;
    case AdminCommand::kRules:
    case AdminCommand::kProgress:
      ask.path = "rules";
      ask.query.add("bucket", options.bucket);
      if (!options.rule.empty()) ask.query.add("rule", options.rule);
      break;
    case AdminCommand::kParked:
      ask.path = "parked";
      ask.query.add("bucket", options.bucket).add("rule", options.rule).add("max", std::to_string(options.count));
      break;
    case AdminCommand::kExplain:
      ask.path = "explain";
      ask.query.add("bucket", options.bucket).add("key", options.key);
      if (!options.version.empty()) ask.query.add("version", options.version);
      break;
    case AdminCommand::kAudit:
      ask.path = "audit";
      ask.query.add("max", std::to_string(options.count));
      break;
    case AdminCommand::kRealmInit:
    case AdminCommand::kRealmJoin: break;
  }
  return ask;
}

/// One command from the question to the last line printed.
class Conversation {
 public:
  Conversation(Runtime runtime, AdminClient& client, const AdminOptions& options) : runtime_(runtime), client_(client), options_(options) {}

  Task<int> run() {
    while (true) {
      const auto reply = co_await client_.ask(question_of(options_));
      if (!reply) co_return complain(reply.error().message());
      if (reply->status >= 400) co_return refuse(*reply);
      show(reply->body);
      if (!options_.watch || all_settled(reply->body)) co_return 0;
      co_await sleep_for(runtime_.executor, OpContext(), kWatchEvery);
    }
  }

 private:
  void show(const codec::JsonValue& answer) const {
    if (options_.json) return print(answer.text() + "\n");
    print(options_.watch ? render_watch_lines(answer) : render_answer(options_.command, answer));
  }
  /// A name that is not there is the command line's mistake: 2.
  int refuse(const AdminReply& reply) const {
    if (options_.json) {
      print(reply.body.text() + "\n");
    } else {
      std::fputs(render_refusal(reply.body).c_str(), stderr);
    }
    return reply.status == 404 ? 2 : 1;
  }
  Runtime runtime_;
  AdminClient& client_;
  const AdminOptions& options_;
};

/// Where to ask, and with which key.
struct Target {
  ServerUrl url;
  Secret key;
};
Result<Target> find_target(const AdminOptions& options) {
  Target target;
  std::string endpoint = options.endpoint;
  if (endpoint.empty()) {
    TRY(const RealmFile realm, read_realm_file(options.data));
    endpoint = realm.regions.front().endpoint;
  }
  TRY(target.url, parse_url(endpoint, options.ca_file));
  TRY(target.key, read_operator_key(options.operator_key.empty() ? options.data + "/operator.key" : options.operator_key));
  return target;
}

template <class Options>
int on_files(const std::function<int(const Options&)>& hook, const Options& options) {
  return hook ? hook(options) : complain("this build has no commands that work on a realm's files");
}

}  // namespace

int run_admin(std::vector<std::string> arguments, RealmCommands realm) {
  const Parsed<AdminOptions> options = parse_admin(std::move(arguments));
  if (!options) return leave(options.error());
  if (options->command == AdminCommand::kRealmInit) return on_files(realm.init, options->realm_init);
  if (options->command == AdminCommand::kRealmJoin) return on_files(realm.join, options->realm_join);
  auto target = find_target(*options);
  if (!target) return complain(target.error().message());
  Shell shell;
  AdminClient client(shell.runtime(), shell.client(), std::move(target->key), std::move(target->url), options->ca_file);
  Conversation conversation(shell.runtime(), client, *options);
  return shell.run(conversation.run());
}

}  // namespace farshore::cli
