// SPDX-License-Identifier: Apache-2.0
// sign_rpc: makes a signed RPC request (V3) for our own tools and tests.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/secret.h"
#include "http/client.h"
#include "runtime/time.h"

namespace farshore::api {

/// Long-lived or temporary keys.
struct RpcKeys {
  std::string access_key;
  Secret secret;
  std::string token;  ///< empty for a long-lived key
};

/// A call to be made.
struct RpcOutgoing {
  std::string host;     ///< as the Host header will say it: "127.0.0.1:9020"
  std::string version;  ///< "2015-05-01"
  std::string action;
  std::vector<std::pair<std::string, std::string>> parameters;
  bool as_form = false;  ///< parameters in a form body instead of the query
};

/// A POST to "/", complete with Host and Authorization. `nonce` must never repeat for the access key.
http::ClientRequest sign_rpc(const RpcOutgoing& call, const RpcKeys& keys, WallTime now, std::string_view nonce);

}  // namespace farshore::api
