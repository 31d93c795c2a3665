// SPDX-License-Identifier: Apache-2.0
// Request ids: the names of requests in logs, headers and error bodies.
#pragma once

#include <cstdint>
#include <string>

#include "runtime/random.h"

namespace farshore::api {

/// 24 upper-case hex characters. Rule: OSS, "Common response headers": x-oss-request-id; a published suite asserts the length.
std::string make_request_id(Random& random);

/// The ids of one protocol's entry. They begin with 4 random bytes of their own and count in scattered order behind that, so no
/// two of one entry are alike, and those of two entries or lives of the process hardly ever are. Nothing secret hangs on them:
/// asking for strong random bytes costs 1.7 us each time, this 0.1. Loop thread only.
class RequestIds {
 public:
  explicit RequestIds(Random& random);
  std::string next();

 private:
  std::uint32_t entry_;
  std::uint64_t count_;
};

}  // namespace farshore::api
