// SPDX-License-Identifier: Apache-2.0
// RpcAuthentication: from a signed RPC call to the principal that makes it.
#pragma once

#include "api/common/rpc_fault.h"
#include "api/common/rpc_nonces.h"
#include "api/common/rpc_request.h"
#include "identity/authenticate.h"
#include "runtime/time.h"

namespace farshore::api {

/// Rule: RPC-style API, "Request checks": common parameters, method and version of the signature, time stamp, access key, security
/// token, signature, nonce; the first that fails answers, each with its own code. Nonces are spent by good signatures only, so a stranger
/// cannot use up a caller's. Loop thread only; owned by RpcService.
class RpcAuthentication {
 public:
  RpcAuthentication(identity::Authentication& credentials, Clock& clock, RpcNonceSettings settings = {})
      : credentials_(credentials), clock_(clock), nonces_(settings) {}
  RpcResult<identity::Principal> authenticate(const RpcRequest& request);

 private:
  identity::Authentication& credentials_;
  Clock& clock_;
  RpcNonces nonces_;
};

}  // namespace farshore::api
