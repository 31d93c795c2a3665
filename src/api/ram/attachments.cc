// SPDX-License-Identifier: Apache-2.0
// Which policies are attached to whom.
#include "api/ram/policy_text.h"
#include "api/ram/ram_actions.h"
#include "api/ram/ram_resources.h"

namespace farshore::api::ram {
namespace {

using identity::EntityKind;

Result<identity::EntityName> entity_of(const RpcCall& call, EntityKind kind) {
  TRY(std::string name, call.parameters.required(kind == EntityKind::kUser ? "UserName" : "RoleName"));
  return identity::EntityName{kind, std::move(name)};
}

Task<Result<RpcTree>> attach(OpContext op, RpcServices services, RpcCall call, EntityKind kind) {
  CO_TRY(auto policy, typed_policy_of(call));
  CO_TRY(auto entity, entity_of(call, kind));
  CO_TRY_OK(co_await services.policies.attach(op, std::move(policy), std::move(entity)));
  co_return RpcTree();
}

Task<Result<RpcTree>> detach(OpContext op, RpcServices services, RpcCall call, EntityKind kind) {
  CO_TRY(auto policy, typed_policy_of(call));
  CO_TRY(auto entity, entity_of(call, kind));
  CO_TRY_OK(co_await services.policies.detach(op, std::move(policy), std::move(entity)));
  co_return RpcTree();
}

Result<RpcTree> attached(RpcServices services, const RpcCall& call, EntityKind kind) {
  TRY(const auto entity, entity_of(call, kind));
  TRY(const auto found, services.policies.attached_to(call.account(), entity));
  std::vector<RpcTree> policies;
  for (const auto& [policy, attached_millis] : found) policies.push_back(policy_head(policy).time("AttachDate", attached_millis));
  return RpcTree().list("Policies", "Policy", std::move(policies));
}

RpcTree user_holder(const identity::EntitySummary& user) {
  return RpcTree()
      .text("UserId", user.id)
      .text("UserName", user.name)
      .text("DisplayName", user.display)
      .time("AttachDate", user.attached_millis);
}

RpcTree role_holder(const AccountUid& account, const identity::EntitySummary& role) {
  return RpcTree()
      .text("RoleId", role.id)
      .text("RoleName", role.name)
      .text("Arn", identity::role_arn(account, role.name))
      .text("Description", role.display)
      .time("AttachDate", role.attached_millis);
}

}  // namespace

Task<Result<RpcTree>> attach_policy_to_user(OpContext op, RpcServices services, RpcCall call) {
  return attach(op, services, std::move(call), EntityKind::kUser);
}
Task<Result<RpcTree>> attach_policy_to_role(OpContext op, RpcServices services, RpcCall call) {
  return attach(op, services, std::move(call), EntityKind::kRole);
}
Task<Result<RpcTree>> detach_policy_from_user(OpContext op, RpcServices services, RpcCall call) {
  return detach(op, services, std::move(call), EntityKind::kUser);
}
Task<Result<RpcTree>> detach_policy_from_role(OpContext op, RpcServices services, RpcCall call) {
  return detach(op, services, std::move(call), EntityKind::kRole);
}
Task<Result<RpcTree>> list_policies_for_user(OpContext, RpcServices services, RpcCall call) {
  co_return attached(services, call, EntityKind::kUser);
}
Task<Result<RpcTree>> list_policies_for_role(OpContext, RpcServices services, RpcCall call) {
  co_return attached(services, call, EntityKind::kRole);
}

Task<Result<RpcTree>> list_entities_for_policy(OpContext, RpcServices services, RpcCall call) {
  CO_TRY(const auto policy, typed_policy_of(call));
  CO_TRY(const auto holders, services.policies.entities_of(policy));
  std::vector<RpcTree> users, roles;
  for (const auto& holder : holders) {
    if (holder.kind == EntityKind::kUser) {
      users.push_back(user_holder(holder));
    } else {
      roles.push_back(role_holder(call.account(), holder));
    }
  }
  co_return RpcTree().list("Groups", "Group", {}).list("Users", "User", std::move(users)).list("Roles", "Role", std::move(roles));
}

}  // namespace farshore::api::ram
