// SPDX-License-Identifier: Apache-2.0
#include "api/common/request_meter.h"

namespace farshore::api {
namespace {

const std::vector<double> kSecondsBounds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};

}  // namespace

void RequestMeter::finished(const FinishedRequest& request) {
  auto found = series_.find(request.operation);
  if (found == series_.end()) found = series_.emplace(std::string(request.operation), Series()).first;
  Series& series = found->second;
  const std::string& operation = found->first;
  Counter*& counter = series.by_status[request.status];
  if (counter == nullptr) {
    counter = &runtime_.metrics.counter("farshore_http_requests_total", "Requests answered, by protocol, operation and HTTP status.",
                                        {{"protocol", protocol_}, {"operation", operation}, {"code", std::to_string(request.status)}});
  }
  counter->add();
  if (series.seconds == nullptr) {
    series.seconds = &runtime_.metrics.histogram("farshore_http_request_seconds", "Time from a request's head to the answer's first piece.", kSecondsBounds,
                                                 {{"protocol", protocol_}, {"operation", operation}});
  }
  const double seconds = std::chrono::duration<double>(request.took).count();
  series.seconds->observe(seconds);
  if (!runtime_.log.enabled(LogLevel::kDebug)) return;
  runtime_.log.write(LogLevel::kDebug, "http.request",
                     {{"request", request.request_id},
                      {"protocol", protocol_},
                      {"operation", operation},
                      {"method", request.method},
                      {"account", request.account},
                      {"resource", request.resource},
                      {"status", request.status},
                      {"error", request.error},
                      {"seconds", seconds}});
}

}  // namespace farshore::api
