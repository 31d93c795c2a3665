// SPDX-License-Identifier: Apache-2.0
// What a RAM call touches, as policies name it.
#pragma once

#include <string>
#include <vector>

#include "api/common/rpc_action.h"

namespace farshore::api::ram {

// Rule: RAM, "Resources": one entity by its name, a listing or creation by "*"; attachments touch the entity and the policy;
// system policies are "acs:ram:*:system:policy/<name>".
Result<std::vector<std::string>> users(const RpcCall& call);           ///< user/*
Result<std::vector<std::string>> named_user(const RpcCall& call);      ///< user/<UserName>
Result<std::vector<std::string>> key_owner(const RpcCall& call);       ///< user/<UserName>, or the caller
Result<std::vector<std::string>> roles(const RpcCall& call);           ///< role/*
Result<std::vector<std::string>> named_role(const RpcCall& call);      ///< role/<RoleName>
Result<std::vector<std::string>> policies(const RpcCall& call);        ///< policy/*
Result<std::vector<std::string>> named_policy(const RpcCall& call);    ///< policy/<PolicyName>, of PolicyType or custom
Result<std::vector<std::string>> user_and_policy(const RpcCall& call);
Result<std::vector<std::string>> role_and_policy(const RpcCall& call);
Result<std::vector<std::string>> tagged(const RpcCall& call);          ///< role/*, policy/* or user/*, by ResourceType

/// "System" or "Custom". Error: kInvalidParameter, field PolicyType.
Result<identity::PolicyType> parse_policy_type(std::string_view text);
std::string_view policy_type_text(identity::PolicyType type);
/// PolicyType (custom if absent) and PolicyName. Errors: kMissingArgument, kInvalidParameter.
Result<identity::PolicyName> policy_of(const RpcCall& call);
/// As policy_of, but PolicyType must be there.
Result<identity::PolicyName> typed_policy_of(const RpcCall& call);
/// UserName, or whoever calls: a user itself, the root for the account's own keys. Error: kMissingArgument for role sessions.
Result<identity::KeyOwner> key_owner_of(const RpcCall& call);

}  // namespace farshore::api::ram
