// SPDX-License-Identifier: Apache-2.0
// Front: tells the protocols of one listener apart: peer, RAM and STS, metrics and health, administration, OSS.
#pragma once

#include <functional>
#include <optional>

#include "api/admin/admin_service.h"
#include "api/common/rpc_service.h"
#include "api/oss/service.h"
#include "api/peer/peer_service.h"
#include "http/server.h"
#include "server/metrics_registry.h"

namespace farshore::server {

/// What Front hands requests to. References to parts of the region that outlive it.
struct FrontServices {
  api::peer::PeerService& peer;
  api::RpcService& rpc;
  api::oss::OssService& oss;
  api::admin::AdminService& admin;
  MetricsRegistry& metrics;
  std::function<std::string()> not_ready;  ///< empty when the region can serve; else why it cannot
};

/// Paths below "/-/" and exactly "/metrics" are the operator's: '-' is no bucket name, and a bucket call in path style ends in '/'.
///   GET /metrics          Prometheus text
///   GET /-/healthy        200 while the process lives
///   GET /-/ready          200 when the region serves, else 503 and the reason
///   /-/admin/…            api/admin
class Front : public http::Handler {
 public:
  explicit Front(FrontServices services) : services_(std::move(services)) {}
  Task<http::Response> handle(OpContext op, http::Request request) override;
  http::Response refuse(int status, const Error& error) override { return services_.oss.refuse(status, error); }

 private:
  static Task<http::Response> answered(http::Response response);
  /// Of metrics and health.
  std::optional<http::Response> own_answer(const http::Request& request) const;
  FrontServices services_;
};

}  // namespace farshore::server
