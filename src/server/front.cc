// SPDX-License-Identifier: Apache-2.0
#include "server/front.h"

namespace farshore::server {

Task<http::Response> Front::handle(OpContext op, http::Request request) {
  if (api::peer::PeerService::is_peer_request(request)) co_return co_await services_.peer.handle(std::move(op), std::move(request));
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (reads && request.raw_path == "/metrics" && !request.has_query && !request.headers.has("Authorization")) {
    co_return http::Response(200).text("text/plain; version=0.0.4; charset=utf-8", services_.metrics.text());
  }
  if (request.raw_path.starts_with("/-/")) {
    if (reads && request.raw_path == "/-/healthy") co_return http::Response(200).text("text/plain", "ok\n");
    if (reads && request.raw_path == "/-/ready") {
      const std::string why = services_.not_ready();
      co_return http::Response(why.empty() ? 200 : 503).text("text/plain", why.empty() ? "ready\n" : why + "\n");
    }
    if (api::admin::AdminService::is_admin_request(request)) co_return co_await services_.admin.handle(std::move(op), std::move(request));
  }
  if (api::is_rpc_request(request)) co_return co_await services_.rpc.handle(std::move(op), std::move(request));
  co_return co_await services_.oss.handle(std::move(op), std::move(request));
}

}  // namespace farshore::server
