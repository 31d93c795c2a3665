// SPDX-License-Identifier: Apache-2.0
#include "api/ram/ram_product.h"

#include "api/ram/ram_actions.h"
#include "api/ram/ram_resources.h"

namespace farshore::api::ram {
namespace {

constexpr RpcPermission kByPolicies = RpcPermission::kPolicies;

constexpr RpcAction not_built(std::string_view name) { return {name, {}, kByPolicies, nullptr, nullptr}; }

constexpr RpcAction kActions[] = {
    {"CreateUser", "ram:CreateUser", kByPolicies, users, create_user},
    {"GetUser", "ram:GetUser", kByPolicies, named_user, get_user},
    {"UpdateUser", "ram:UpdateUser", kByPolicies, named_user, update_user},
    {"DeleteUser", "ram:DeleteUser", kByPolicies, named_user, delete_user},
    {"ListUsers", "ram:ListUsers", kByPolicies, users, list_users},

    {"CreateAccessKey", "ram:CreateAccessKey", kByPolicies, key_owner, create_access_key},
    {"UpdateAccessKey", "ram:UpdateAccessKey", kByPolicies, key_owner, update_access_key},
    {"DeleteAccessKey", "ram:DeleteAccessKey", kByPolicies, key_owner, delete_access_key},
    {"ListAccessKeys", "ram:ListAccessKeys", kByPolicies, key_owner, list_access_keys},

    {"CreateRole", "ram:CreateRole", kByPolicies, roles, create_role},
    {"GetRole", "ram:GetRole", kByPolicies, named_role, get_role},
    {"UpdateRole", "ram:UpdateRole", kByPolicies, named_role, update_role},
    {"DeleteRole", "ram:DeleteRole", kByPolicies, named_role, delete_role},
    {"ListRoles", "ram:ListRoles", kByPolicies, roles, list_roles},

    {"CreatePolicy", "ram:CreatePolicy", kByPolicies, policies, create_policy},
    {"GetPolicy", "ram:GetPolicy", kByPolicies, named_policy, get_policy},
    {"UpdatePolicyDescription", "ram:UpdatePolicyDescription", kByPolicies, named_policy, update_policy_description},
    {"DeletePolicy", "ram:DeletePolicy", kByPolicies, named_policy, delete_policy},
    {"ListPolicies", "ram:ListPolicies", kByPolicies, policies, list_policies},

    {"CreatePolicyVersion", "ram:CreatePolicyVersion", kByPolicies, named_policy, create_policy_version},
    {"GetPolicyVersion", "ram:GetPolicyVersion", kByPolicies, named_policy, get_policy_version},
    {"ListPolicyVersions", "ram:ListPolicyVersions", kByPolicies, named_policy, list_policy_versions},
    {"DeletePolicyVersion", "ram:DeletePolicyVersion", kByPolicies, named_policy, delete_policy_version},
    {"SetDefaultPolicyVersion", "ram:SetDefaultPolicyVersion", kByPolicies, named_policy, set_default_policy_version},

    {"AttachPolicyToUser", "ram:AttachPolicyToUser", kByPolicies, user_and_policy, attach_policy_to_user},
    {"AttachPolicyToRole", "ram:AttachPolicyToRole", kByPolicies, role_and_policy, attach_policy_to_role},
    {"DetachPolicyFromUser", "ram:DetachPolicyFromUser", kByPolicies, user_and_policy, detach_policy_from_user},
    {"DetachPolicyFromRole", "ram:DetachPolicyFromRole", kByPolicies, role_and_policy, detach_policy_from_role},
    {"ListPoliciesForUser", "ram:ListPoliciesForUser", kByPolicies, named_user, list_policies_for_user},
    {"ListPoliciesForRole", "ram:ListPoliciesForRole", kByPolicies, named_role, list_policies_for_role},
    {"ListEntitiesForPolicy", "ram:ListEntitiesForPolicy", kByPolicies, named_policy, list_entities_for_policy},

    {"ListTagResources", "ram:ListTagResources", kByPolicies, tagged, list_tag_resources},

    not_built("GetAccessKeyLastUsed"), not_built("CreateLoginProfile"), not_built("GetLoginProfile"), not_built("DeleteLoginProfile"),
    not_built("UpdateLoginProfile"), not_built("ChangePassword"), not_built("CreateVirtualMFADevice"), not_built("BindMFADevice"),
    not_built("UnbindMFADevice"), not_built("GetUserMFAInfo"), not_built("ListVirtualMFADevices"), not_built("DeleteVirtualMFADevice"),
    not_built("CreateGroup"), not_built("GetGroup"), not_built("UpdateGroup"), not_built("DeleteGroup"), not_built("ListGroups"),
    not_built("AddUserToGroup"), not_built("RemoveUserFromGroup"), not_built("ListGroupsForUser"), not_built("ListUsersForGroup"),
    not_built("AttachPolicyToGroup"), not_built("DetachPolicyFromGroup"), not_built("ListPoliciesForGroup"), not_built("SetAccountAlias"),
    not_built("GetAccountAlias"), not_built("ClearAccountAlias"), not_built("SetPasswordPolicy"), not_built("GetPasswordPolicy"),
    not_built("SetSecurityPreference"), not_built("GetSecurityPreference"), not_built("TagResources"), not_built("UntagResources"),
    not_built("DecodeDiagnosticMessage"),
};

}  // namespace

RpcProduct product() { return {"RAM", "2015-05-01", kActions}; }

}  // namespace farshore::api::ram
