// SPDX-License-Identifier: Apache-2.0
// The versions of policies.
#include "api/ram/policy_text.h"
#include "api/ram/ram_actions.h"
#include "api/ram/ram_resources.h"
#include "identity/identity_errors.h"

namespace farshore::api::ram {
namespace {

// Rule: RAM, CreatePolicyVersion, RotateStrategy: what happens at the limit of five versions.
Result<bool> rotates(const RpcParameters& parameters) {
  const std::string strategy = parameters.text("RotateStrategy").value_or("None");
  if (strategy == "None") return false;
  if (strategy == "DeleteOldestNonDefaultVersionWhenLimitExceeded") return true;
  return wrong_parameter("RotateStrategy", "The RotateStrategy must be None or DeleteOldestNonDefaultVersionWhenLimitExceeded.");
}

Result<std::uint32_t> version_of(const RpcParameters& parameters) {
  TRY(const std::string text, parameters.required("VersionId"));
  return identity::parse_policy_version(text);
}

}  // namespace

Task<Result<RpcTree>> create_policy_version(OpContext op, RpcServices services, RpcCall call) {
  const RpcParameters& from = call.parameters;
  identity::CreatePolicyVersion request;
  request.account = call.account();
  CO_TRY(request.name, from.required("PolicyName"));
  CO_TRY(request.document, from.required("PolicyDocument"));
  CO_TRY(request.set_as_default, from.flag("SetAsDefault", false));
  CO_TRY(request.rotate, rotates(from));
  const bool is_default = request.set_as_default;
  CO_TRY(const auto version, co_await services.policies.create_version(op, std::move(request)));
  co_return RpcTree().tree("PolicyVersion", version_text(version, is_default));
}

Task<Result<RpcTree>> get_policy_version(OpContext, RpcServices services, RpcCall call) {
  CO_TRY(const auto name, typed_policy_of(call));
  CO_TRY(const std::uint32_t number, version_of(call.parameters));
  CO_TRY(const auto policy, services.policies.get(name));
  const auto* version = policy.find(number);
  if (version == nullptr) co_return identity::no_such("Policy.Version", call.parameters.text_or_empty("VersionId"));
  co_return RpcTree().tree("PolicyVersion", version_text(*version, number == policy.default_version));
}

Task<Result<RpcTree>> list_policy_versions(OpContext, RpcServices services, RpcCall call) {
  CO_TRY(const auto name, typed_policy_of(call));
  CO_TRY(const auto policy, services.policies.get(name));
  std::vector<RpcTree> versions;
  for (const auto& version : policy.versions) versions.push_back(version_text(version, version.number == policy.default_version));
  co_return RpcTree().list("PolicyVersions", "PolicyVersion", std::move(versions));
}

Task<Result<RpcTree>> delete_policy_version(OpContext op, RpcServices services, RpcCall call) {
  CO_TRY(auto name, policy_of(call));
  CO_TRY(const std::uint32_t number, version_of(call.parameters));
  CO_TRY_OK(co_await services.policies.erase_version(op, std::move(name), number));
  co_return RpcTree();
}

Task<Result<RpcTree>> set_default_policy_version(OpContext op, RpcServices services, RpcCall call) {
  CO_TRY(auto name, policy_of(call));
  CO_TRY(const std::uint32_t number, version_of(call.parameters));
  CO_TRY_OK(co_await services.policies.set_default_version(op, std::move(name), number));
  co_return RpcTree();
}

}  // namespace farshore::api::ram
