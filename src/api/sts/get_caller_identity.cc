// SPDX-License-Identifier: Apache-2.0
// GetCallerIdentity: who the keys belong to.
#include "api/sts/sts_actions.h"

namespace farshore::api::sts {
namespace {

// Rule: STS, GetCallerIdentity: the kind of caller decides which ids there are.
RpcTree described(const identity::Principal& caller) {
  RpcTree out;
  if (const auto* session = caller.session()) {
    out.text("IdentityType", "AssumedRoleUser").text("RoleId", session->role.get());
  } else if (const auto* user = caller.user()) {
    out.text("IdentityType", "RAMUser").text("UserId", user->id.get());
  } else {
    out.text("IdentityType", "Account").text("UserId", caller.account().get());
  }
  return out;
}

}  // namespace

Task<Result<RpcTree>> get_caller_identity(OpContext, RpcServices, RpcCall call) {
  RpcTree result = described(call.principal);
  result.text("AccountId", call.account().get()).text("PrincipalId", call.principal.principal_id()).text("Arn", call.principal.arn());
  co_return result;
}

}  // namespace farshore::api::sts
