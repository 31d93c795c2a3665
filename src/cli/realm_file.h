// SPDX-License-Identifier: Apache-2.0
// RealmFile: what `farshore dev` wrote about its realm into its data directory.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace farshore::cli {

/// `realm.json` of a data directory. The endpoints are URLs.
struct RealmFile {
  struct Region {
    std::string id, location, endpoint;
  };
  struct Account {
    std::string name, uid, access_key_id;
    Secret access_key_secret;
  };
  std::string identity_endpoint;
  std::vector<Region> regions;
  std::vector<Account> accounts;
};

/// Error: kCorrupt with the missing field.
Result<RealmFile> parse_realm_file(std::string_view text);
/// Reads DIR/realm.json. Errors: kNotFound with what to do, kCorrupt.
Result<RealmFile> read_realm_file(const std::string& directory);

/// Reads a file of 64 hex digits. Errors: kNotFound, kCorrupt.
Result<Secret> read_operator_key(const std::string& path);

}  // namespace farshore::cli
