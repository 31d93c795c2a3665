// SPDX-License-Identifier: Apache-2.0
// RpcService: the entry for RAM and STS calls: reads, finds the action, authenticates, authorises, performs, records, answers.
#pragma once

#include <string>
#include <vector>

#include "api/common/rpc_action.h"
#include "api/common/rpc_authentication.h"
#include "api/common/rpc_fault.h"
#include "api/common/rpc_request.h"
#include "api/common/rpc_response.h"
#include "http/message.h"
#include "identity/audit.h"
#include "identity/authenticate.h"
#include "identity/directory_store.h"
#include "runtime/runtime.h"

namespace farshore::api {

/// What the service itself needs, besides what its actions call. All outlive it.
struct RpcGround {
  Runtime runtime;
  identity::DirectoryStore& directory;
  identity::Authentication& authentication;
  identity::AuditTrail& audit;
};

/// Serves every request for which is_rpc_request() holds. Each authenticated call leaves an audit record, refused ones too.
/// Long-lived; loop thread only. Settings: RpcNonceSettings.
class RpcService {
 public:
  /// products: ram::product(), sts::product(). KMS is known by its version and refused by name.
  RpcService(RpcGround ground, RpcServices services, std::vector<RpcProduct> products, RpcNonceSettings settings = {});
  /// Always answers; the request id is made here and given on in `op`.
  Task<http::Response> handle(OpContext op, http::Request request);

 private:
  Task<RpcResult<RpcRequest>> receive(OpContext op, http::Request request);
  RpcResult<const RpcAction*> find_action(const RpcRequest& request) const;
  Task<Result<RpcTree>> perform(OpContext op, const RpcAction& action, RpcCall call, std::vector<std::string> resources);
  Result<void> authorize(const RpcAction& action, const RpcCall& call, const std::vector<std::string>& resources) const;
  Task<void> record(OpContext op, identity::AuditRecord record);
  http::Response refuse(const RpcEnvelope& envelope, const RpcFault& fault) const;

  RpcGround ground_;
  RpcServices services_;
  std::vector<RpcProduct> products_;
  RpcAuthentication authentication_;
};

}  // namespace farshore::api
