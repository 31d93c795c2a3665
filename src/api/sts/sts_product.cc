// SPDX-License-Identifier: Apache-2.0
#include "api/sts/sts_product.h"

#include "api/sts/sts_actions.h"

namespace farshore::api::sts {
namespace {

// For the audit trail: trust and the caller's policies are weighed by the operation itself.
Result<std::vector<std::string>> assumed_role(const RpcCall& call) {
  TRY(std::string arn, call.parameters.required("RoleArn"));
  return std::vector<std::string>{std::move(arn)};
}

constexpr RpcAction kActions[] = {
    {"AssumeRole", "sts:AssumeRole", RpcPermission::kOperation, assumed_role, assume_role},
    {"GetCallerIdentity", "sts:GetCallerIdentity", RpcPermission::kAnyone, nullptr, get_caller_identity},
    {"AssumeRoleWithSAML", {}, RpcPermission::kOperation, nullptr, nullptr},
    {"AssumeRoleWithOIDC", {}, RpcPermission::kOperation, nullptr, nullptr},
};

}  // namespace

RpcProduct product() { return {"STS", "2015-04-01", kActions}; }

}  // namespace farshore::api::sts
