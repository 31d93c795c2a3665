// SPDX-License-Identifier: Apache-2.0
// The decision, stage by stage.
#include "identity/authorize.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "model/policy_principal.h"

namespace farshore::identity {
namespace {

constexpr std::string_view kAssumeRole = "sts:AssumeRole";
// Rule: nobody locks himself out: no Deny binds the owner's root on the bucket policy itself.
constexpr std::string_view kBucketPolicyActions[] = {"oss:GetBucketPolicy", "oss:PutBucketPolicy", "oss:DeleteBucketPolicy"};

std::string_view resource_policy_name(Resource::Kind kind) { return kind == Resource::Kind::kKey ? "key policy" : "bucket policy"; }

/// The caller with what only the directory knows now, or nothing if user or role is gone.
std::optional<PolicyCaller> current_caller(const Directory& directory, const Principal& principal) {
  PolicyCaller caller = principal.policy_caller();
  if (const User* who = principal.user()) {
    const UserEntry* user = directory.user(who->id);
    if (user == nullptr) return std::nullopt;
    caller.name = name_key(user->name);  // renamed since the principal was made
  }
  if (const RoleSession* who = principal.session(); who != nullptr && directory.role(who->role) == nullptr) return std::nullopt;
  if (const Root* who = principal.root(); who != nullptr && directory.account(who->account) == nullptr) return std::nullopt;
  return caller;
}

RequestConditions with_principal(RequestConditions conditions, const Principal& principal) {
  if (std::string arn = principal.condition_arn(); !arn.empty()) conditions.set("acs:PrincipalARN", std::move(arn));
  return conditions;
}

/// The caller's own policies. An attached system policy belongs to nobody, so it may be shown to its holder.
struct Own {
  PolicyOutcome outcome;
  std::vector<NamedPolicy> names;  // what outcome.policy points into
  AttachedPolicies attached;
};

/// Points into `attached`.
std::vector<NamedPolicy> own_policies(const AttachedPolicies& attached) {
  std::vector<NamedPolicy> names;
  if (!attached) return names;
  for (const AttachedPolicy& policy : *attached) names.push_back({policy.name, policy.document.get()});
  return names;
}

Own evaluate_own(const Directory& directory, const Principal& principal, const PolicyRequest& request) {
  Own own;
  if (const User* who = principal.user()) own.attached = directory.attached(EntityKind::kUser, who->id.get());
  if (const RoleSession* who = principal.session()) own.attached = directory.attached(EntityKind::kRole, who->role.get());
  if (!own.attached) return own;
  own.names = own_policies(own.attached);
  own.outcome = evaluate(own.names, request);
  return own;
}

Decision decided(const PolicyOutcome& outcome, Stage stage, const AccountUid& policy_owner) {
  Decision decision;
  decision.allowed = outcome.verdict == PolicyVerdict::kAllow;
  decision.explicit_deny = outcome.verdict == PolicyVerdict::kExplicitDeny;
  decision.stage = stage;
  decision.policy = outcome.policy;
  if (outcome.statement != nullptr) decision.statement = outcome.statement->text;
  decision.policy_owner = policy_owner;
  return decision;
}

Decision refused(Stage stage) {
  Decision decision;
  decision.stage = stage;
  return decision;
}

Decision granted(Stage stage) {
  Decision decision;
  decision.allowed = true;
  decision.stage = stage;
  return decision;
}

/// Nothing if the session has no policy of its own, or that allows.
std::optional<Decision> stopped_by_session(const Principal& principal, const PolicyRequest& request) {
  const RoleSession* session = principal.session();
  if (session == nullptr || !session->session_policy) return std::nullopt;
  const NamedPolicy policy{"session policy", session->session_policy.get()};
  const PolicyOutcome outcome = evaluate({&policy, 1}, request);
  if (outcome.verdict == PolicyVerdict::kAllow) return std::nullopt;
  return decided(outcome, Stage::kSessionPolicy, session->account);
}

PolicyReading reading_of(const Principal& principal, std::string_view action, const Resource& resource) {
  PolicyReading reading;
  reading.ignore_public_allows = resource.public_access_blocked;
  if (!principal.is_root_of(resource.owner)) return reading;
  const bool about_policy =
      std::any_of(std::begin(kBucketPolicyActions), std::end(kBucketPolicyActions), [&](std::string_view one) { return one == action; });
  reading.spare = about_policy || resource.kind == Resource::Kind::kKey ? Spare::kEveryDeny : Spare::kUnconditionalDenyForAll;
  return reading;
}

/// Rule: OSS, "Authentication", last step: the object's ACL, or the bucket's where the object has none.
bool acl_allows(const Resource& resource) {
  if (resource.acl_reach == AclReach::kNever || resource.public_access_blocked) return false;
  ObjectAcl acl = resource.object_acl;
  if (acl == ObjectAcl::kDefault) {
    acl = resource.bucket_acl == BucketAcl::kPublicReadWrite ? ObjectAcl::kPublicReadWrite
          : resource.bucket_acl == BucketAcl::kPublicRead    ? ObjectAcl::kPublicRead
                                                             : ObjectAcl::kPrivate;
  }
  return acl == ObjectAcl::kPublicReadWrite || (acl == ObjectAcl::kPublicRead && resource.acl_reach == AclReach::kRead);
}

/// Nobody allowed it and nobody forbade it. Names the stage that would have had to allow it.
Decision unallowed(const Principal& principal, const Resource& resource, const PolicyOutcome& from_resource) {
  const bool asked = resource.kind == Resource::Kind::kBucket && resource.acl_reach != AclReach::kNever;
  if (asked && acl_allows(resource)) return granted(Stage::kAcl);
  const bool own_account = !principal.is_anonymous() && principal.account() == resource.owner;
  const bool key_half_open = resource.kind == Resource::Kind::kKey && from_resource.verdict == PolicyVerdict::kAllow;
  Decision decision =
      refused(own_account || key_half_open || resource.kind == Resource::Kind::kOwn ? Stage::kIdentity : Stage::kResourcePolicy);
  decision.acl_asked = asked;
  return decision;
}

}  // namespace

std::string_view policy_type_name(Stage stage) {
  switch (stage) {
    case Stage::kSessionPolicy: return "SessionPolicy";
    case Stage::kIdentity: return "AccountLevelIdentityBasedPolicy";
    case Stage::kResourcePolicy: return "ResourceBasedPolicy";
    case Stage::kTrustPolicy: return "AssumeRolePolicy";
    case Stage::kAcl: return "AccessControlList";
    case Stage::kOwner: return "Owner";
  }
  return "";
}

Decision authorize(const Directory& directory, const Principal& principal, std::string_view action, const Resource& resource,
                   const RequestConditions& conditions) {
  const auto caller = current_caller(directory, principal);
  if (!caller) return refused(Stage::kIdentity);
  const RequestConditions all = with_principal(conditions, principal);
  const PolicyRequest request{*caller, action, resource.name, all};
  if (auto stopped = stopped_by_session(principal, request)) return *stopped;

  const Own own = evaluate_own(directory, principal, request);
  if (own.outcome.verdict == PolicyVerdict::kExplicitDeny) return decided(own.outcome, Stage::kIdentity, principal.account());

  PolicyOutcome from_resource;
  const NamedPolicy policy{resource_policy_name(resource.kind), resource.resource_policy};
  if (resource.kind != Resource::Kind::kOwn) from_resource = evaluate({&policy, 1}, request, reading_of(principal, action, resource));
  if (from_resource.verdict == PolicyVerdict::kExplicitDeny) return decided(from_resource, Stage::kResourcePolicy, resource.owner);

  const bool own_allows = own.outcome.verdict == PolicyVerdict::kAllow;
  const bool resource_allows = from_resource.verdict == PolicyVerdict::kAllow;
  if (principal.is_root_of(resource.owner)) return granted(Stage::kOwner);
  if (!principal.is_anonymous() && principal.account() == resource.owner && own_allows) {
    return decided(own.outcome, Stage::kIdentity, principal.account());
  }
  const bool needs_both = resource.kind == Resource::Kind::kKey && principal.account() != resource.owner;
  if (resource_allows && (!needs_both || own_allows)) return decided(from_resource, Stage::kResourcePolicy, resource.owner);
  return unallowed(principal, resource, from_resource);
}

bool may_be_denied(const Directory& directory, const RoleSession& session, std::string_view action, const Resource& resource) {
  if (directory.role(session.role) == nullptr || session.session_policy || resource.kind != Resource::Kind::kBucket) return true;
  const NamedPolicy of_resource{resource_policy_name(resource.kind), resource.resource_policy};
  return may_deny({&of_resource, 1}, action) || may_deny(own_policies(directory.attached(EntityKind::kRole, session.role.get())), action);
}

bool allows_all_below(const Directory& directory, const RoleSession& session, std::string_view action, const Resource& resource) {
  if (may_be_denied(directory, session, action, resource)) return false;
  const Principal principal(session);
  const auto caller = current_caller(directory, principal);
  if (!caller) return false;
  const RequestConditions none;
  const PolicyRequest request{*caller, action, resource.name, none};
  const AttachedPolicies attached = directory.attached(EntityKind::kRole, session.role.get());
  if (session.account == resource.owner && allows_below(own_policies(attached), request)) return true;
  const NamedPolicy of_resource{resource_policy_name(resource.kind), resource.resource_policy};
  return !resource.public_access_blocked && allows_below({&of_resource, 1}, request);
}

Decision authorize_assume(const Directory& directory, const Principal& principal, const RoleEntry& role,
                          const RequestConditions& conditions) {
  const auto caller = current_caller(directory, principal);
  if (!caller || principal.root() != nullptr || principal.is_anonymous()) return refused(Stage::kIdentity);
  const RequestConditions all = with_principal(conditions, principal);
  const std::string name = role_arn(role.account, role.name);
  const PolicyRequest request{*caller, kAssumeRole, name, all};
  if (auto stopped = stopped_by_session(principal, request)) return *stopped;

  const PolicyPointer trust = directory.trust(role);
  const NamedPolicy policy{"trust policy", trust.get()};
  const PolicyOutcome trusted = evaluate({&policy, 1}, request);
  if (trusted.verdict != PolicyVerdict::kAllow || caller->kind == PolicyCaller::Kind::kService) {
    return decided(trusted, Stage::kTrustPolicy, role.account);
  }
  return decided(evaluate_own(directory, principal, request).outcome, Stage::kIdentity, principal.account());
}

Error denied(const Decision& decision, const Principal& principal, std::string_view action) {
  std::string message;
  if (decision.stage == Stage::kSessionPolicy) {
    message = "Access denied by authorizer's policy.";
  } else if (decision.explicit_deny) {
    message = decision.stage == Stage::kResourcePolicy ? "Access denied by bucket policy."
                                                       : "Access denied by an explicit Deny of the caller's policies.";
  } else if (decision.acl_asked) {
    message = "You have no right to access this object because of bucket acl.";
  } else if (principal.is_anonymous()) {
    message = "Anonymous access is forbidden for this operation.";
  } else {
    message = fmt::format("No policy allows {} to the caller.", action);
  }
  Error error = Error(ErrorCode::kAccessDenied, std::move(message))
                    .with("AuthAction", action)
                    .with("AuthPrincipalType", principal.type())
                    .with("AuthPrincipalOwnerId", principal.account().get())
                    .with("AuthPrincipalDisplayName", principal.display_name())
                    .with("PolicyType", policy_type_name(decision.stage))
                    .with("NoPermissionType", decision.explicit_deny ? "ExplicitDeny" : "ImplicitDeny");
  const bool may_see = !principal.is_anonymous() && principal.account() == decision.policy_owner;
  if (decision.statement.empty() || !may_see) return error;
  return std::move(error).with("Policy", decision.policy).with("Statement", decision.statement);
}

}  // namespace farshore::identity
