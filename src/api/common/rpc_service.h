// SPDX-License-Identifier: Apache-2.0
// RpcService: the entry for RAM and STS calls: reads, finds the action, authenticates, authorises, performs, records, answers.
#pragma once

#include <string>
#include <vector>

#include "api/common/admission.h"
#include "api/common/request_meter.h"
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

/// Settings of the RPC entry. A restart is needed for all.
struct RpcSettings {
  RpcNonceSettings nonces;
  /// In work at once; each may hold a body of kRpcBodyBytesMax. Until a caller is known, it counts as the nameless account.
  AdmissionSettings admission{.requests_max = 256, .per_account_max = 192};
};

/// Serves every request for which is_rpc_request() holds. Each authenticated call leaves an audit record, refused ones too.
/// Long-lived; loop thread only.
class RpcService {
 public:
  /// products: ram::product(), sts::product(). KMS is known by its version and refused by name.
  /// Every action that policies permit must name its resources (FS_CHECK).
  RpcService(RpcGround ground, RpcServices services, std::vector<RpcProduct> products, RpcSettings settings = {});
  /// Always answers; the request id is made here and given on in `op`.
  Task<http::Response> handle(OpContext op, http::Request request);

 private:
  /// An answer, and what is counted and logged about it.
  struct Answered {
    http::Response response;
    std::string_view operation = "unknown";
    std::string account, resource, code;
  };
  Task<Answered> answer(OpContext op, http::Request request, RpcEnvelope envelope);
  Task<RpcResult<RpcRequest>> receive(OpContext op, http::Request request);
  RpcResult<const RpcAction*> find_action(const RpcRequest& request) const;
  Task<Answered> perform(OpContext op, const RpcAction& action, RpcCall call, RpcEnvelope envelope, std::string source_ip);
  Result<void> authorize(const RpcAction& action, const RpcCall& call, const std::vector<std::string>& resources) const;
  Task<void> record(OpContext op, identity::AuditRecord record);
  Answered refused(const RpcEnvelope& envelope, const RpcFault& fault) const;

  RpcGround ground_;
  RpcServices services_;
  std::vector<RpcProduct> products_;
  RpcAuthentication authentication_;
  Admission admission_;
  RequestMeter meter_;
};

}  // namespace farshore::api
