// SPDX-License-Identifier: Apache-2.0
// ServerUrl: "http://127.0.0.1:9000" as the http client wants it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "http/client.h"

namespace farshore::cli {

struct ServerUrl {
  http::Endpoint endpoint;
  std::string text;  ///< as given, for messages
  std::string host;  ///< the Host header
};

/// Takes http:// and https:// with a host (name, IPv4 or [IPv6]) and an optional port; a bare "host:port" has the scheme of
/// `like`. `ca_file` is for https. Error: kInvalidArgument with a sentence.
Result<ServerUrl> parse_url(std::string_view text, const std::string& ca_file, const ServerUrl* like = nullptr);

/// A sentence for a request that got no answer: the address, the reason, what to do.
std::string unanswered(const ServerUrl& url, const Error& error);

}  // namespace farshore::cli
