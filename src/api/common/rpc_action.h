// SPDX-License-Identifier: Apache-2.0
// RpcAction: a row of a product's table: its name, what permits it, and what does it.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/common/rpc_parameters.h"
#include "api/common/rpc_tree.h"
#include "base/result.h"
#include "identity/access_keys.h"
#include "identity/policies.h"
#include "identity/principal.h"
#include "identity/roles.h"
#include "identity/sessions.h"
#include "identity/users.h"
#include "model/policy_condition.h"
#include "runtime/op_context.h"
#include "runtime/task.h"

namespace farshore::api {

/// What actions may call. References to services of the composition root; copied freely.
struct RpcServices {
  identity::Users& users;
  identity::AccessKeys& access_keys;
  identity::Roles& roles;
  identity::Policies& policies;
  identity::Sessions& sessions;
};

/// An authenticated call.
struct RpcCall {
  RpcParameters parameters;
  identity::Principal principal;
  RequestConditions conditions;
  const AccountUid& account() const { return principal.account(); }
};

/// The full names of what a call touches, in the caller's account; all of them must be permitted. Errors: kMissingArgument.
using RpcResources = Result<std::vector<std::string>> (*)(const RpcCall& call);
using RpcHandler = Task<Result<RpcTree>> (*)(OpContext op, RpcServices services, RpcCall call);

enum class RpcPermission : unsigned char {
  kPolicies,   ///< identity::authorize on every resource
  kOperation,  ///< the operation decides, with rules of its own (AssumeRole)
  kAnyone,     ///< whoever is authenticated
};

struct RpcAction {
  std::string_view name;    ///< "CreateRole"
  std::string_view action;  ///< what policies and the audit trail call it: "ram:CreateRole"
  RpcPermission permission = RpcPermission::kPolicies;
  RpcResources resources = nullptr;
  RpcHandler handler = nullptr;  ///< null: a known action that is not built; refused by name
};

/// All actions of one (product, version).
struct RpcProduct {
  std::string_view name;     ///< "RAM"
  std::string_view version;  ///< "2015-05-01"
  std::span<const RpcAction> actions;  ///< empty: nothing of this product is built
};

}  // namespace farshore::api
