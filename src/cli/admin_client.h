// SPDX-License-Identifier: Apache-2.0
// AdminClient: signed requests to the operator's API of a region, wherever a bucket lives.
#pragma once

#include <cstdint>
#include <string>

#include "base/secret.h"
#include "cli/server_url.h"
#include "codec/json.h"
#include "codec/url.h"
#include "model/ids.h"
#include "runtime/runtime.h"

namespace farshore::cli {

/// What is asked.
struct AdminQuestion {
  std::string method = "GET";
  std::string path;  ///< behind "/-/admin/"
  codec::Query query;
  std::string body;  ///< JSON or empty
};

struct AdminReply {
  int status = 0;
  codec::JsonValue body;
  std::string from;  ///< URL of the region that answered
};

/// One command's conversation. Learns the name of the region it speaks to from that region's first refusal, for the signature
/// carries it; goes to another region when one says that the bucket lives there. Loop thread only.
class AdminClient {
 public:
  AdminClient(Runtime runtime, http::Client& client, Secret operator_key, ServerUrl url, std::string ca_file)
      : runtime_(runtime), client_(client), key_(std::move(operator_key)), url_(std::move(url)), ca_file_(std::move(ca_file)) {}
  /// Any answer that is JSON. Error: a sentence that names the address (see unanswered()).
  Task<Result<AdminReply>> ask(AdminQuestion question);

 private:
  Task<Result<AdminReply>> ask_once(AdminQuestion question);
  Runtime runtime_;
  http::Client& client_;
  Secret key_;
  ServerUrl url_;
  std::string ca_file_;
  RegionId region_;
};

}  // namespace farshore::cli
