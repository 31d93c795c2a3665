// SPDX-License-Identifier: Apache-2.0
#include "server/front.h"

namespace farshore::server {

// Not a coroutine: whoever answers is told apart without a frame, and without moving the request once more.
Task<http::Response> Front::handle(OpContext op, http::Request request) {
  if (api::peer::PeerService::is_peer_request(request)) return services_.peer.handle(std::move(op), std::move(request));
  if (auto mine = own_answer(request)) return answered(*std::move(mine));
  if (request.raw_path.starts_with("/-/") && api::admin::AdminService::is_admin_request(request)) return services_.admin.handle(std::move(op), std::move(request));
  if (api::is_rpc_request(request)) return services_.rpc.handle(std::move(op), std::move(request));
  return services_.oss.handle(std::move(op), std::move(request));
}

Task<http::Response> Front::answered(http::Response response) { co_return response; }

std::optional<http::Response> Front::own_answer(const http::Request& request) const {
  if (request.method != "GET" && request.method != "HEAD") return std::nullopt;
  if (request.raw_path == "/metrics" && !request.has_query && !request.headers.has("Authorization")) {
    return http::Response(200).text("text/plain; version=0.0.4; charset=utf-8", services_.metrics.text());
  }
  if (request.raw_path == "/-/healthy") return http::Response(200).text("text/plain", "ok\n");
  if (request.raw_path == "/-/ready") {
    const std::string why = services_.not_ready();
    return http::Response(why.empty() ? 200 : 503).text("text/plain", why.empty() ? "ready\n" : why + "\n");
  }
  return std::nullopt;
}

}  // namespace farshore::server
