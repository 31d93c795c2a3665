// SPDX-License-Identifier: Apache-2.0
// run_serve: one region of a realm, configured by a TOML file.
#pragma once

#include <string>

namespace farshore::server {

/// Serves until SIGTERM or SIGINT, then drains. Gives the process's exit code; failures are a sentence on stderr that names
/// the file and the field.
int run_serve(const std::string& config_file);

}  // namespace farshore::server
