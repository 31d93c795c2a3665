// SPDX-License-Identifier: Apache-2.0
// ServeConfig: what the file of `farshore serve` says.
#pragma once

#include <optional>
#include <string>

#include "server/region.h"

namespace farshore::server {

/// Relative paths are relative to the file. An unknown or ill-typed field stops the start. Example and meaning: docs/operating/serve.md.
struct ServeConfig {
  RegionConfig region;
  std::string realm_key_file;
  std::string log_level = "info";
  NetworkAddress listen;
  std::optional<TlsSettings> listen_tls;  ///< nothing: plain HTTP, for loopback or behind a proxy
  bool plain_too = false;                 ///< with TLS: answer plain HTTP on the same port as well
  NetworkAddress peer_listen;
  TlsSettings peer_tls;
};

/// Errors: kNotFound, kInvalidArgument; the message names the file, the field and the remedy.
Result<ServeConfig> read_serve_config(const std::string& path);
/// The same of the file's text; `path` is what messages name and what relative paths are relative to.
Result<ServeConfig> parse_serve_config(std::string_view text, const std::string& path);

}  // namespace farshore::server
