// SPDX-License-Identifier: Apache-2.0
// Roles. The trust document comes back byte for byte as it was sent.
#include "api/ram/ram_actions.h"
#include "api/ram/ram_listing.h"

namespace farshore::api::ram {
namespace {

RpcTree described(const identity::RoleEntry& role) {
  return RpcTree()
      .text("RoleId", role.id.get())
      .text("RoleName", role.name)
      .text("Arn", identity::role_arn(role.account, role.name))
      .text("Description", role.description)
      .number("MaxSessionDuration", role.session_max_seconds)
      .time("CreateDate", role.created_millis)
      .time("UpdateDate", role.updated_millis);
}

RpcTree with_trust(const identity::RoleEntry& role) { return described(role).text("AssumeRolePolicyDocument", role.trust_policy); }

}  // namespace

Task<Result<RpcTree>> create_role(OpContext op, RpcServices services, RpcCall call) {
  const RpcParameters& from = call.parameters;
  CO_TRY_OK(refuse_unbuilt(from, "Tag"));
  identity::CreateRole request;
  request.account = call.account();
  CO_TRY(request.name, from.required("RoleName"));
  CO_TRY(request.trust_policy, from.required("AssumeRolePolicyDocument"));
  request.description = from.text_or_empty("Description");
  CO_TRY(request.session_max_seconds, from.number<std::uint32_t>("MaxSessionDuration"));
  CO_TRY(const auto role, co_await services.roles.create(op, std::move(request)));
  co_return RpcTree().tree("Role", with_trust(role));
}

Task<Result<RpcTree>> get_role(OpContext, RpcServices services, RpcCall call) {
  CO_TRY(const std::string name, call.parameters.required("RoleName"));
  CO_TRY(const auto role, services.roles.get(call.account(), name));
  co_return RpcTree().tree("Role", with_trust(role));
}

Task<Result<RpcTree>> update_role(OpContext op, RpcServices services, RpcCall call) {
  const RpcParameters& from = call.parameters;
  identity::UpdateRole request;
  request.account = call.account();
  CO_TRY(request.name, from.required("RoleName"));
  request.trust_policy = from.text("NewAssumeRolePolicyDocument");
  request.description = from.text_or_clear("NewDescription");
  CO_TRY(request.session_max_seconds, from.number<std::uint32_t>("NewMaxSessionDuration"));
  CO_TRY(const auto role, co_await services.roles.update(op, std::move(request)));
  co_return RpcTree().tree("Role", with_trust(role));
}

Task<Result<RpcTree>> delete_role(OpContext op, RpcServices services, RpcCall call) {
  CO_TRY(std::string name, call.parameters.required("RoleName"));
  CO_TRY_OK(co_await services.roles.erase(op, call.account(), std::move(name)));
  co_return RpcTree();
}

// Rule: RAM, ListRoles: without the trust documents.
Task<Result<RpcTree>> list_roles(OpContext, RpcServices services, RpcCall call) {
  CO_TRY_OK(refuse_unbuilt(call.parameters, "Tag"));
  CO_TRY(const auto range, page_of(call.parameters));
  const auto page = services.roles.list(call.account(), range);
  std::vector<RpcTree> roles;
  for (const auto& role : page.items) roles.push_back(described(role).list("Tags", "Tag", {}));
  RpcTree result;
  add_page_end(result, page.next_marker);
  result.list("Roles", "Role", std::move(roles));
  co_return result;
}

}  // namespace farshore::api::ram
