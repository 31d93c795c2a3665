// SPDX-License-Identifier: Apache-2.0
// Policies as a whole; their versions are in policy_versions.cc.
#include "api/ram/policy_text.h"
#include "api/ram/ram_actions.h"
#include "api/ram/ram_listing.h"
#include "api/ram/ram_resources.h"

namespace farshore::api::ram {

Task<Result<RpcTree>> create_policy(OpContext op, RpcServices services, RpcCall call) {
  const RpcParameters& from = call.parameters;
  CO_TRY_OK(refuse_unbuilt(from, "Tag"));
  identity::CreatePolicy request;
  request.account = call.account();
  CO_TRY(request.name, from.required("PolicyName"));
  CO_TRY(request.document, from.required("PolicyDocument"));
  request.description = from.text_or_empty("Description");
  CO_TRY(const auto policy, co_await services.policies.create(op, std::move(request)));
  co_return RpcTree().tree("Policy", policy_head(policy).time("CreateDate", policy.created_millis));
}

Task<Result<RpcTree>> get_policy(OpContext, RpcServices services, RpcCall call) {
  CO_TRY(const auto name, typed_policy_of(call));
  CO_TRY(const auto policy, services.policies.get(name));
  RpcTree result;
  result.tree("Policy", policy_summary(services, call.account(), policy));
  if (const auto* version = policy.find(policy.default_version)) result.tree("DefaultPolicyVersion", version_text(*version, true));
  co_return result;
}

Task<Result<RpcTree>> update_policy_description(OpContext op, RpcServices services, RpcCall call) {
  CO_TRY(auto name, policy_of(call));
  auto description = call.parameters.text_or_clear("NewDescription");
  if (!description) co_return missing_parameter("NewDescription");
  CO_TRY(const auto policy, co_await services.policies.update_description(op, std::move(name), *std::move(description)));
  co_return RpcTree().tree("Policy", policy_summary(services, call.account(), policy));
}

Task<Result<RpcTree>> delete_policy(OpContext op, RpcServices services, RpcCall call) {
  CO_TRY(auto name, policy_of(call));
  CO_TRY(const bool cascading, call.parameters.flag("CascadingDelete", false));
  CO_TRY_OK(co_await services.policies.erase(op, std::move(name), cascading));
  co_return RpcTree();
}

Task<Result<RpcTree>> list_policies(OpContext, RpcServices services, RpcCall call) {
  CO_TRY_OK(refuse_unbuilt(call.parameters, "Tag"));
  CO_TRY(const auto range, page_of(call.parameters));
  std::optional<identity::PolicyType> type;
  if (const auto text = call.parameters.text("PolicyType")) {
    CO_TRY(type, parse_policy_type(*text));
  }
  const auto page = services.policies.list(call.account(), type, range);
  std::vector<RpcTree> policies;
  for (const auto& policy : page.items) policies.push_back(policy_summary(services, call.account(), policy).list("Tags", "Tag", {}));
  RpcTree result;
  add_page_end(result, page.next_marker);
  result.list("Policies", "Policy", std::move(policies));
  co_return result;
}

}  // namespace farshore::api::ram
