// SPDX-License-Identifier: Apache-2.0
// RealmSecrets and RealmMap: what all regions of a realm share, and where each of them is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "model/ids.h"
#include "runtime/random.h"
#include "runtime/stream.h"

namespace farshore::server {

/// Kept in a file of mode 0600 in every region of the realm ("realm.key"); `farshore admin realm init` makes it, `join` carries it over.
///
///   realm.key := TOML { realm = "<32 hex>", peer_secret = "<64 hex>", directory_key = "<64 hex>" }
struct RealmSecrets {
  std::string realm;      ///< id of the realm
  Secret peer_secret;     ///< proves membership on peer connections
  Secret directory_key;   ///< seals access-key secrets in the directory
};

RealmSecrets make_realm_secrets(Random& random);
/// Errors: kNotFound, kCorrupt (names the file and the field).
Result<RealmSecrets> read_realm_secrets(const std::string& path);
/// The same of the file's text; `path` is what messages name.
Result<RealmSecrets> parse_realm_secrets(std::string_view text, const std::string& path);
/// Mode 0600, written whole or not at all.
Result<void> write_realm_secrets(const std::string& path, const RealmSecrets& secrets);

/// 32 bytes in a file of mode 0600, made when it is absent. For the region's root key.
Result<Secret> read_or_make_key(const std::string& path, Random& random);

/// Replaces a file atomically and durably. `mode` as in chmod.
Result<void> write_file(const std::string& path, std::string_view content, unsigned mode);
Result<std::string> read_file(const std::string& path, std::size_t bytes_max);
Result<void> make_directories(const std::string& path);

/// 1 to 40 lower-case letters, digits and dashes: it stands in host names, signatures and session tokens. "authority" is the name of a folder.
bool valid_region_id(std::string_view id);
inline constexpr std::string_view kRegionIdRule = "must be 1 to 40 lower-case letters, digits and dashes, and not 'authority'";

/// One region of the realm as configuration names it.
struct RealmRegion {
  RegionId id;
  RegionNumber number;
  NetworkAddress address;             ///< where its listener is reached by the other regions
  std::optional<TlsSettings> peer_tls;
  std::string extranet;               ///< host:port for clients
  bool https = false;                 ///< clients speak TLS there
  std::vector<std::string> names;     ///< host names that mean this region
};

}  // namespace farshore::server
