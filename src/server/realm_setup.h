// SPDX-License-Identifier: Apache-2.0
// Making a realm and adding regions to it: files that are carried to the regions' hosts.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace farshore::server {

/// A region as the operator names it: "cn-hangzhou=10.0.0.1". Clients reach it at :8080, the other regions at :8443, unless ports
/// are given as host:port,peer-port.
struct RegionSetup {
  std::string id;
  std::string host;
  unsigned client_port = 8080;
  unsigned peer_port = 8443;
};
/// Error: kInvalidArgument, with what was expected.
Result<RegionSetup> parse_region_setup(std::string_view text);

/// Makes DIR/authority (the realm's certificate authority: keep it off the regions' hosts) and one folder per region,
/// DIR/<region>/{farshore.toml, realm.key, ca.pem, cert.pem, key.pem}, which is all that region's host needs. The first region is the home.
/// Gives what to do next, for people. Errors: kInvalidArgument, kEntityAlreadyExists if DIR holds a realm, file errors.
Result<std::string> realm_init(const std::string& directory, const std::vector<RegionSetup>& regions);
/// Adds regions to the realm in DIR: makes their folders and writes every region's farshore.toml anew (restart them with it).
Result<std::string> realm_join(const std::string& directory, const std::vector<RegionSetup>& regions);

}  // namespace farshore::server
