// SPDX-License-Identifier: Apache-2.0
// The RAM actions, one function each: read parameters, call one identity operation, say what came of it.
#pragma once

#include "api/common/rpc_action.h"

namespace farshore::api::ram {

// users.cc
Task<Result<RpcTree>> create_user(OpContext op, RpcServices services, RpcCall call);
Task<Result<RpcTree>> get_user(OpContext op, RpcServices services, RpcCall call);
Task<Result<RpcTree>> update_user(OpContext op, RpcServices services, RpcCall call);
Task<Result<RpcTree>> delete_user(OpContext op, RpcServices services, RpcCall call);
Task<Result<RpcTree>> list_users(OpContext op, RpcServices services, RpcCall call);

// access_keys.cc
Task<Result<RpcTree>> create_access_key(OpContext op, RpcServices services, RpcCall call);
Task<Result<RpcTree>> update_access_key(OpContext op, RpcServices services, RpcCall call);
Task<Result<RpcTree>> delete_access_key(OpContext op, RpcServices services, RpcCall call);
Task<Result<RpcTree>> list_access_keys(OpContext op, RpcServices services, RpcCall call);

// roles.cc
Task<Result<RpcTree>> create_role(OpContext op, RpcServices services, RpcCall call);
Task<Result<RpcTree>> get_role(OpContext op, RpcServices services, RpcCall call);
Task<Result<RpcTree>> update_role(OpContext op, RpcServices services, RpcCall call);
Task<Result<RpcTree>> delete_role(OpContext op, RpcServices services, RpcCall call);
Task<Result<RpcTree>> list_roles(OpContext op, RpcServices services, RpcCall call);

// policies.cc
Task<Result<RpcTree>> create_policy(OpContext op, RpcServices services, RpcCall call);
Task<Result<RpcTree>> get_policy(OpContext op, RpcServices services, RpcCall call);
Task<Result<RpcTree>> update_policy_description(OpContext op, RpcServices services, RpcCall call);
Task<Result<RpcTree>> delete_policy(OpContext op, RpcServices services, RpcCall call);
Task<Result<RpcTree>> list_policies(OpContext op, RpcServices services, RpcCall call);

// policy_versions.cc
Task<Result<RpcTree>> create_policy_version(OpContext op, RpcServices services, RpcCall call);
Task<Result<RpcTree>> get_policy_version(OpContext op, RpcServices services, RpcCall call);
Task<Result<RpcTree>> list_policy_versions(OpContext op, RpcServices services, RpcCall call);
Task<Result<RpcTree>> delete_policy_version(OpContext op, RpcServices services, RpcCall call);
Task<Result<RpcTree>> set_default_policy_version(OpContext op, RpcServices services, RpcCall call);

// attachments.cc
Task<Result<RpcTree>> attach_policy_to_user(OpContext op, RpcServices services, RpcCall call);
Task<Result<RpcTree>> attach_policy_to_role(OpContext op, RpcServices services, RpcCall call);
Task<Result<RpcTree>> detach_policy_from_user(OpContext op, RpcServices services, RpcCall call);
Task<Result<RpcTree>> detach_policy_from_role(OpContext op, RpcServices services, RpcCall call);
Task<Result<RpcTree>> list_policies_for_user(OpContext op, RpcServices services, RpcCall call);
Task<Result<RpcTree>> list_policies_for_role(OpContext op, RpcServices services, RpcCall call);
Task<Result<RpcTree>> list_entities_for_policy(OpContext op, RpcServices services, RpcCall call);

// tags.cc
Task<Result<RpcTree>> list_tag_resources(OpContext op, RpcServices services, RpcCall call);

}  // namespace farshore::api::ram
