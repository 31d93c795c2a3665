// SPDX-License-Identifier: Apache-2.0
// Certificates of a realm: its own authority, and one certificate per region by which regions know each other.
#pragma once

#include <string>

#include "base/result.h"
#include "base/secret.h"

namespace farshore::server {

/// PEM texts.
struct Certificate {
  std::string certificate;
  Secret key;
};

/// A P-256 authority for one realm, valid for twenty years.
Result<Certificate> make_authority(const std::string& realm);
/// A P-256 certificate with the region id as its subject common name and `host` (a name or an address) as alternative name (a name
/// covers its buckets too: NAME and *.NAME), for both ends of a connection, valid for five years.
Result<Certificate> issue_certificate(const Certificate& authority, const std::string& region, const std::string& host);

}  // namespace farshore::server
