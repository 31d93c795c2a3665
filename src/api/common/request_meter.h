// SPDX-License-Identifier: Apache-2.0
// RequestMeter: what every protocol's entry counts and logs about a finished request.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/runtime.h"

namespace farshore::api {

/// A finished request, for the log.
struct FinishedRequest {
  std::string_view operation;  ///< of the closed set of the protocol's table
  std::string_view method;
  std::string_view request_id;
  std::string_view account;
  std::string_view resource;   ///< bucket or entity; never an object key
  int status = 0;
  std::string_view error;      ///< public code; empty on success
  Duration took{};
};

/// farshore_http_requests_total{protocol,operation,code} and farshore_http_request_seconds{protocol,operation}, and one
/// debug line per request (info would cost more than a small request itself). Loop thread only.
class RequestMeter {
 public:
  RequestMeter(Runtime runtime, std::string protocol) : runtime_(runtime), protocol_(std::move(protocol)) {}
  void finished(const FinishedRequest& request);

 private:
  struct Series {
    std::map<int, Counter*> by_status;
    Histogram* seconds = nullptr;
  };
  Runtime runtime_;
  std::string protocol_;
  std::map<std::string, Series, std::less<>> series_;
};

}  // namespace farshore::api
