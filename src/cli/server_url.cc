// SPDX-License-Identifier: Apache-2.0
#include "cli/server_url.h"

#include <fmt/format.h>

#include "codec/text.h"

namespace farshore::cli {
namespace {

Error bad_url(std::string_view text) {
  return Error(ErrorCode::kInvalidArgument, fmt::format("'{}' is no URL of a region; one looks like http://127.0.0.1:9000 or https://oss.example.net", text));
}

}  // namespace

Result<ServerUrl> parse_url(std::string_view text, const std::string& ca_file, const ServerUrl* like) {
  ServerUrl url;
  std::string_view rest = text;
  bool tls = like != nullptr && like->endpoint.tls.has_value();
  if (rest.starts_with("http://")) {
    tls = false;
    rest.remove_prefix(7);
  } else if (rest.starts_with("https://")) {
    tls = true;
    rest.remove_prefix(8);
  } else if (like == nullptr || rest.find("://") != std::string_view::npos) {
    return bad_url(text);
  }
  if (rest.ends_with('/')) rest.remove_suffix(1);
  if (rest.empty() || rest.find_first_of("/?#@ ") != std::string_view::npos) return bad_url(text);
  url.host = rest;
  const std::size_t colon = rest.rfind(':');
  const std::size_t bracket = rest.rfind(']');
  std::string_view host = rest;
  url.endpoint.address.port = tls ? 443 : 80;
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    const auto port = codec::parse_decimal<std::uint16_t>(rest.substr(colon + 1));
    if (!port || *port == 0) return bad_url(text);
    url.endpoint.address.port = *port;
    host = rest.substr(0, colon);
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty()) return bad_url(text);
  url.endpoint.address.host = host;
  if (tls) {
    url.endpoint.tls.emplace();
    url.endpoint.tls->ca_file = ca_file;
  }
  url.text = fmt::format("{}://{}", tls ? "https" : "http", rest);
  return url;
}

std::string unanswered(const ServerUrl& url, const Error& error) {
  switch (error.code()) {
    case ErrorCode::kUnreachable:
      return fmt::format("cannot reach {} ({}): is the region running, and is this its address?", url.text, error.message());
    case ErrorCode::kDeadlineExceeded:
      return fmt::format("{} did not answer in time: is it busy or cut off? Look at its log, or try again", url.text);
    case ErrorCode::kProtocolViolation:
      return fmt::format("{} did not answer in HTTP ({}): is this the region's address, and is it http or https?", url.text, error.message());
    default:
      return fmt::format("the connection to {} broke ({}): look at the region's log, or try again", url.text, error.message());
  }
}

}  // namespace farshore::cli
