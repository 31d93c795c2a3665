// SPDX-License-Identifier: Apache-2.0
// Request ids: the names of requests in logs, headers and error bodies.
#pragma once

#include <string>

#include "runtime/random.h"

namespace farshore::api {

/// 24 upper-case hex characters. Rule: OSS, "Common response headers": x-oss-request-id; a published suite asserts the length.
std::string make_request_id(Random& random);

}  // namespace farshore::api
