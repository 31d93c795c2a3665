// SPDX-License-Identifier: Apache-2.0
// AdminOptions: the command line of `farshore admin` as a value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/command_line.h"
#include "cli/commands.h"

namespace farshore::cli {

enum class AdminCommand : std::uint8_t {
  kAccounts, kAccount, kAccountCreate, kRegions, kRules, kProgress, kParked, kExplain, kAudit, kHealth, kRealmInit, kRealmJoin
};

struct AdminOptions {
  AdminCommand command = AdminCommand::kHealth;
  std::string endpoint;       ///< empty: the first region of the data directory's realm.json
  std::string data;           ///< directory of a realm, for realm.json and operator.key
  std::string operator_key;   ///< file; empty: operator.key in the data directory
  std::string ca_file;        ///< whom to trust for https; empty: the system's
  bool json = false;

  std::string name;    ///< account or its uid
  std::vector<std::string> regions;
  std::string bucket, rule, key, version;
  bool watch = false;
  std::uint32_t count = 100;

  RealmInit realm_init;
  RealmJoin realm_join;
};

Parsed<AdminOptions> parse_admin(std::vector<std::string> arguments);

}  // namespace farshore::cli
