// SPDX-License-Identifier: Apache-2.0
#include "cli/admin_tables.h"

#include <fmt/format.h>

#include "cli/table.h"

namespace farshore::cli {
namespace {

using codec::JsonValue;

/// A member as text; "-" for null, empty or absent.
std::string text(const JsonValue& value, std::string_view name) {
  const JsonValue* member = value.find(name);
  if (member == nullptr || member->is_null()) return "-";
  if (member->is_string()) return member->string().empty() ? "-" : member->string();
  if (member->is_bool()) return member->boolean() ? "yes" : "no";
  return member->text();
}

double number(const JsonValue& value, std::string_view name) {
  const JsonValue* member = value.find(name);
  return member != nullptr && member->is_number() ? member->number().real() : 0;
}

const JsonValue& object(const JsonValue& value, std::string_view name) {
  static const JsonValue kNothing;
  const JsonValue* member = value.find(name);
  return member == nullptr ? kNothing : *member;
}

JsonValue::Array list(const JsonValue& value, std::string_view name) {
  const JsonValue& member = object(value, name);
  return member.is_array() ? member.array() : JsonValue::Array();
}

std::string joined(const JsonValue::Array& values, std::string_view if_none) {
  std::string out;
  for (const JsonValue& value : values) out += (out.empty() ? "" : ",") + (value.is_string() ? value.string() : value.text());
  return out.empty() ? std::string(if_none) : out;
}

std::string percent(const JsonValue& progress) {
  const JsonValue& historical = object(progress, "historical");
  return historical.is_number() ? fmt::format("{:.1f} %", historical.number().real() * 100) : "-";
}

std::string lag(const JsonValue& progress) { return fmt::format("{:.1f} s", number(progress, "lag_seconds")); }

std::string destination(const JsonValue& value) {
  const JsonValue& where = object(value, "destination");
  return text(where, "bucket") + " in " + text(where, "region");
}

/// What is said below a table about rules that need a person.
std::string stalls(const JsonValue& answer) {
  std::string out;
  for (const JsonValue& rule : list(answer, "rules")) {
    const JsonValue& stall = object(rule, "stall");
    if (!stall.is_object()) continue;
    out += fmt::format("\nrule {} is stalled since {}: {}\n", text(rule, "id"), text(stall, "since"), printable(text(stall, "text")));
    if (text(stall, "detail") != "-") out += fmt::format("  detail  {}\n", printable(text(stall, "detail")));
    out += fmt::format("  remedy  {}\n", printable(text(stall, "remedy")));
  }
  return out;
}

std::string skipped(const JsonValue& answer) {
  std::string out;
  for (const JsonValue& rule : list(answer, "rules")) {
    const JsonValue& reasons = object(object(rule, "progress"), "skipped");
    if (!reasons.is_object() || reasons.object().empty()) continue;
    out += fmt::format("\nrule {} skipped", text(rule, "id"));
    for (const auto& member : reasons.object()) out += fmt::format("  {} {}", member.value.text(), member.name);
    out += "\n";
  }
  return out;
}

std::string accounts(const JsonValue& answer) {
  Table table({"NAME", "UID", "REGIONS", "CREATED"});
  for (const JsonValue& one : list(answer, "accounts")) table.add({text(one, "name"), text(one, "uid"), joined(list(one, "regions"), "all"), text(one, "created")});
  return table.text();
}

std::string account(const JsonValue& answer) {
  const JsonValue& one = object(answer, "account");
  Table table({"BUCKET", "REGION", "CREATED"});
  for (const JsonValue& bucket : list(answer, "buckets")) table.add({text(bucket, "name"), text(bucket, "region"), text(bucket, "created")});
  return fmt::format("account {}, uid {}, regions {}, created {}\n{}", printable(text(one, "name")), text(one, "uid"), joined(list(one, "regions"), "all"),
                     text(one, "created"), table.empty() ? "no buckets\n" : table.text());
}

std::string account_created(const JsonValue& answer) {
  const JsonValue& one = object(answer, "account");
  return fmt::format("account            {}\nuid                {}\naccess key id      {}\naccess key secret  {}\nThe secret is shown this once; keep it.\n",
                     printable(text(one, "name")), text(one, "uid"), text(answer, "access_key_id"), text(answer, "access_key_secret"));
}

std::string regions(const JsonValue& answer) {
  Table table({"REGION", "ENDPOINT", "CONNECTED"});
  for (const JsonValue& one : list(answer, "regions")) {
    const bool here = text(one, "here") == "yes";
    table.add({text(one, "id"), text(one, "endpoint"), here ? "this one" : text(one, "connected")});
  }
  const JsonValue& directory = object(answer, "directory");
  return table.text() + fmt::format("\ndirectory of {}: {}, sequence {}, {:.1f} s old\n", text(answer, "region"),
                                    text(directory, "home") == "yes" ? "home" : "follower", text(directory, "sequence"), number(directory, "age_seconds"));
}

std::string rules(const JsonValue& answer) {
  Table table({"RULE", "STATUS", "DESTINATION", "PREFIXES", "ACTION", ">HISTORY", ">LAG", ">PENDING", ">PARKED", "STALLED"});
  for (const JsonValue& rule : list(answer, "rules")) {
    const JsonValue& progress = object(rule, "progress");
    table.add({text(rule, "id"), text(rule, "status"), destination(rule), joined(list(rule, "prefixes"), "all"), text(rule, "action"), percent(progress),
               lag(progress), text(progress, "pending"), text(progress, "parked"), text(object(rule, "stall"), "reason")});
  }
  if (table.empty()) return fmt::format("bucket {} has no replication rules\n", printable(text(answer, "bucket")));
  return table.text() + stalls(answer);
}

std::string progress(const JsonValue& answer) {
  Table table({"RULE", "STATUS", ">HISTORY", "NEW OBJECTS UNTIL", ">LAG", ">PENDING", ">PARKED", ">DELIVERED", ">BYTES"});
  for (const JsonValue& rule : list(answer, "rules")) {
    const JsonValue& one = object(rule, "progress");
    table.add({text(rule, "id"), text(rule, "status"), percent(one), text(one, "new_object"), lag(one), text(one, "pending"), text(one, "parked"),
               text(one, "delivered"), text(one, "delivered_bytes")});
  }
  if (table.empty()) return fmt::format("bucket {} has no replication rules\n", printable(text(answer, "bucket")));
  return table.text() + skipped(answer) + stalls(answer);
}

std::string parked(const JsonValue& answer) {
  Table table({"KEY", "KIND", "VERSION", ">BYTES", "REASON", ">ATTEMPTS", "PARKED"});
  const JsonValue::Array changes = list(answer, "changes");
  for (const JsonValue& one : changes) {
    table.add({text(one, "key"), text(one, "kind"), text(one, "version"), text(one, "size_bytes"), text(one, "reason"), text(one, "attempts"), text(one, "parked")});
  }
  if (table.empty()) return "nothing is parked\n";
  std::string out = table.text();
  std::vector<std::string> said;
  for (const JsonValue& one : changes) {
    const std::string reason = text(one, "reason");
    if (std::find(said.begin(), said.end(), reason) != said.end()) continue;
    said.push_back(reason);
    out += fmt::format("\n{}: {}\n  detail  {}\n  remedy  {}\n", reason, printable(text(one, "text")), printable(text(one, "detail")), printable(text(one, "remedy")));
  }
  return out;
}

std::string explain(const JsonValue& answer) {
  const JsonValue::Array all = list(answer, "rules");
  if (all.empty()) return fmt::format("bucket {} has no replication rules, so nothing of it is copied\n", printable(text(answer, "bucket")));
  std::string out;
  for (const JsonValue& one : all) {
    const std::string there = text(one, "at_destination");
    out += fmt::format("rule {} to {}\n  version         {}\n  at the source   {}\n  at destination  {}\n  {}: {}\n", text(one, "rule"), destination(one), text(one, "version"),
                       text(one, "at_source"), there == "-" ? "unknown: the destination region could not be asked" : there, text(one, "reason"), printable(text(one, "text")));
    if (text(one, "remedy") != "-") out += fmt::format("  remedy: {}\n", printable(text(one, "remedy")));
  }
  return out;
}

std::string audit(const JsonValue& answer) {
  Table table({"TIME", "ACTION", "OUTCOME", "PRINCIPAL", "RESOURCE", "FROM", "REQUEST"});
  for (const JsonValue& one : list(answer, "records")) {
    table.add({text(one, "time"), text(one, "action"), text(one, "outcome"), text(one, "principal"), text(one, "resource"), text(one, "source_ip"), text(one, "request_id")});
  }
  return table.text();
}

std::string health(const JsonValue& answer) {
  std::string out = fmt::format("region {}: {}\nrules {}, stalled {}, parked changes {}, pending {}, greatest lag {:.1f} s, directory {:.1f} s old\n", text(answer, "region"),
                                text(answer, "status"), text(answer, "rules"), text(answer, "stalled"), text(answer, "parked"), text(answer, "pending"),
                                number(answer, "lag_seconds_max"), number(answer, "directory_age_seconds"));
  Table table({"BUCKET", "RULE", "STALLED", ">PARKED"});
  for (const JsonValue& one : list(answer, "troubles")) table.add({text(one, "bucket"), text(one, "rule"), text(one, "stalled"), text(one, "parked")});
  return table.empty() ? out : out + "\n" + table.text();
}

}  // namespace

std::string render_answer(AdminCommand command, const JsonValue& answer) {
  switch (command) {
    case AdminCommand::kAccounts: return accounts(answer);
    case AdminCommand::kAccount: return account(answer);
    case AdminCommand::kAccountCreate: return account_created(answer);
    case AdminCommand::kRegions: return regions(answer);
    case AdminCommand::kRules: return rules(answer);
    case AdminCommand::kProgress: return progress(answer);
    case AdminCommand::kParked: return parked(answer);
    case AdminCommand::kExplain: return explain(answer);
    case AdminCommand::kAudit: return audit(answer);
    case AdminCommand::kHealth: return health(answer);
    case AdminCommand::kRealmInit:
    case AdminCommand::kRealmJoin: break;  // answered by the server folder, not by a region
  }
  return answer.text() + "\n";
}

std::string render_watch_lines(const JsonValue& answer) {
  std::string out;
  for (const JsonValue& rule : list(answer, "rules")) {
    const JsonValue& one = object(rule, "progress");
    out += fmt::format("{}  rule {}  {}  history {}  lag {}  pending {}  parked {}  delivered {}", text(answer, "time"), text(rule, "id"), text(rule, "status"),
                       percent(one), lag(one), text(one, "pending"), text(one, "parked"), text(one, "delivered"));
    const JsonValue& stall = object(rule, "stall");
    if (stall.is_object()) out += fmt::format("  STALLED {}: {}", text(stall, "reason"), printable(text(stall, "remedy")));
    out += "\n";
  }
  return out;
}

bool all_settled(const JsonValue& answer) {
  for (const JsonValue& rule : list(answer, "rules")) {
    const JsonValue& one = object(rule, "progress");
    if (number(one, "pending") > 0 || number(one, "parked") > 0 || object(rule, "stall").is_object()) return false;
    if (number(one, "historical_settled") < number(one, "historical_total")) return false;
    const JsonValue& historical = object(one, "historical");
    if (historical.is_number() && historical.number().real() < 1) return false;
    if (text(rule, "status") == "starting") return false;  // its history may not have been counted yet
  }
  return true;
}

std::string render_refusal(const JsonValue& answer) {
  std::string out = "farshore admin: " + printable(text(answer, "message"));
  if (out.ends_with('.')) out.pop_back();
  for (const std::string_view name : {"bucket", "account", "member", "region_unknown", "BucketName", "RuleId", "Name", "server_time"}) {
    if (answer.find(name) != nullptr) out += fmt::format(" ({} {})", name, printable(text(answer, name)));
  }
  if (answer.find("nearest") != nullptr) out += fmt::format("; did you mean '{}'?", printable(text(answer, "nearest")));
  return out + fmt::format(" [{}, request {}]\n", text(answer, "code"), text(answer, "request_id"));
}

}  // namespace farshore::cli
