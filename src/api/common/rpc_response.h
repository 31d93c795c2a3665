// SPDX-License-Identifier: Apache-2.0
// Answers of the RPC-style API: a tree or a fault as a response, in the caller's format.
#pragma once

#include <string>
#include <string_view>

#include "api/common/rpc_fault.h"
#include "api/common/rpc_request.h"
#include "api/common/rpc_tree.h"
#include "http/message.h"
#include "runtime/random.h"

namespace farshore::api {

/// An upper-case UUID of version 4.
std::string make_rpc_request_id(Random& random);

/// What every answer carries.
struct RpcEnvelope {
  RpcFormat format = RpcFormat::kJson;
  std::string request_id;
  std::string host;    ///< HostId of errors
  std::string action;  ///< the XML root is "<action>Response"
};

/// 200 with RequestId first, then the tree; x-acs-request-id as in the body.
http::Response rpc_success(const RpcEnvelope& envelope, const RpcTree& result);
/// Rule: RPC-style API, "Errors": Code, Message, RequestId, HostId and Recommend are text and always there.
http::Response rpc_refusal(const RpcEnvelope& envelope, const RpcFault& fault);

}  // namespace farshore::api
