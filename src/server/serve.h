// SPDX-License-Identifier: Apache-2.0
// run_serve: one region of a realm, configured by a TOML file; and the commands that make and join a realm.
#pragma once

#include <string>

#include "cli/commands.h"

namespace farshore::server {

/// Serves until SIGTERM or SIGINT, then drains. Gives the process's exit code; failures are a sentence on stderr that names
/// the file and the field.
int run_serve(const std::string& config_file);

/// `farshore admin realm init` and `join`: work on files, not over the API.
cli::RealmCommands realm_commands();

}  // namespace farshore::server
