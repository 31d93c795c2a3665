// SPDX-License-Identifier: Apache-2.0
#include "api/ram/ram_resources.h"

#include <fmt/format.h>

#include "model/policy_pattern.h"

namespace farshore::api::ram {
namespace {

using Names = std::vector<std::string>;

std::string in_account(const RpcCall& call, std::string_view relative) { return resource_name("ram", "", call.account().get(), relative); }

Result<Names> by_parameter(const RpcCall& call, std::string_view parameter, std::string_view kind) {
  TRY(const std::string name, call.parameters.required(parameter));
  return Names{in_account(call, fmt::format("{}/{}", kind, name))};
}

std::string policy_resource(const RpcCall& call, const identity::PolicyName& policy) {
  const std::string relative = fmt::format("policy/{}", policy.name);
  return policy.type == identity::PolicyType::kSystem ? resource_name("ram", "", "system", relative) : in_account(call, relative);
}

Result<Names> with_policy(const RpcCall& call, std::string_view parameter, std::string_view kind) {
  TRY(Names names, by_parameter(call, parameter, kind));
  TRY(const auto policy, typed_policy_of(call));
  names.push_back(policy_resource(call, policy));
  return names;
}

}  // namespace

Result<Names> users(const RpcCall& call) { return Names{in_account(call, "user/*")}; }
Result<Names> named_user(const RpcCall& call) { return by_parameter(call, "UserName", "user"); }
Result<Names> roles(const RpcCall& call) { return Names{in_account(call, "role/*")}; }
Result<Names> named_role(const RpcCall& call) { return by_parameter(call, "RoleName", "role"); }
Result<Names> policies(const RpcCall& call) { return Names{in_account(call, "policy/*")}; }
Result<Names> user_and_policy(const RpcCall& call) { return with_policy(call, "UserName", "user"); }
Result<Names> role_and_policy(const RpcCall& call) { return with_policy(call, "RoleName", "role"); }

Result<Names> key_owner(const RpcCall& call) {
  TRY(const auto owner, key_owner_of(call));
  return Names{in_account(call, owner.user_name.empty() ? "*" : fmt::format("user/{}", owner.user_name))};
}

Result<Names> named_policy(const RpcCall& call) {
  TRY(const auto policy, policy_of(call));
  return Names{policy_resource(call, policy)};
}

Result<Names> tagged(const RpcCall& call) {
  TRY(const std::string type, call.parameters.required("ResourceType"));
  if (type != "role" && type != "policy" && type != "user") {
    return wrong_parameter("ResourceType", "The ResourceType must be role, policy or user.");
  }
  return Names{in_account(call, type + "/*")};
}

Result<identity::PolicyType> parse_policy_type(std::string_view text) {
  if (text == "Custom") return identity::PolicyType::kCustom;
  if (text == "System") return identity::PolicyType::kSystem;
  return wrong_parameter("PolicyType", "The PolicyType must be Custom or System.");
}

std::string_view policy_type_text(identity::PolicyType type) { return type == identity::PolicyType::kSystem ? "System" : "Custom"; }

Result<identity::PolicyName> policy_of(const RpcCall& call) {
  TRY(std::string name, call.parameters.required("PolicyName"));
  TRY(const auto type, parse_policy_type(call.parameters.text("PolicyType").value_or("Custom")));
  return identity::PolicyName{call.account(), type, std::move(name)};
}

Result<identity::PolicyName> typed_policy_of(const RpcCall& call) {
  TRY_OK(call.parameters.required("PolicyType"));
  return policy_of(call);
}

Result<identity::KeyOwner> key_owner_of(const RpcCall& call) {
  if (auto name = call.parameters.text("UserName")) return identity::KeyOwner{call.account(), *std::move(name)};
  if (const auto* user = call.principal.user()) return identity::KeyOwner{call.account(), user->name};
  if (call.principal.root() != nullptr) return identity::KeyOwner{call.account(), {}};
  return missing_parameter("UserName");
}

}  // namespace farshore::api::ram
