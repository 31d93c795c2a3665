// SPDX-License-Identifier: Apache-2.0
// authorize: the one function that says whether a request may happen, and which statement said so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "identity/directory.h"
#include "identity/principal.h"
#include "model/bucket.h"
#include "model/policy.h"
#include "model/version.h"

namespace farshore::identity {

/// Which calls ACLs may grant. Reads: GetObject, HeadObject, GetObjectMeta, GetSymlink. Writes: Put, Post, Append, Copy
/// destination, multipart writes, Delete. Everything else, all bucket calls included: kNever.
enum class AclReach : std::uint8_t { kNever, kRead, kWrite };

/// What a request asks for. `resource_policy` must stay alive for the call.
struct Resource {
  enum class Kind : std::uint8_t {
    kOwn,     ///< RAM, and service calls: only the owner's own people, by their identity policies
    kBucket,  ///< a bucket or object, with its bucket policy and ACLs
    kKey,     ///< a customer key, with its key policy
  };
  Kind kind = Kind::kOwn;
  AccountUid owner;
  std::string name;  ///< "acs:oss:<region>:<uid>:<bucket>/<key>"; resource_name() of model/policy_pattern.h makes it
  const PolicyDocument* resource_policy = nullptr;
  BucketAcl bucket_acl = BucketAcl::kPrivate;
  ObjectAcl object_acl = ObjectAcl::kDefault;
  AclReach acl_reach = AclReach::kNever;
  bool public_access_blocked = false;  ///< public ACLs and public bucket policy statements count as absent
};

/// Which kind of policy decided; the public spelling is policy_type_name().
enum class Stage : std::uint8_t { kSessionPolicy, kIdentity, kResourcePolicy, kTrustPolicy, kAcl, kOwner };
std::string_view policy_type_name(Stage stage);

/// The answer and its reason.
struct Decision {
  bool allowed = false;
  bool explicit_deny = false;  ///< a statement forbids it; otherwise nothing allows it
  Stage stage = Stage::kIdentity;
  std::string policy;     ///< "AliyunOSSFullAccess", "bucket policy"; empty if none decided
  std::string statement;  ///< JSON of the deciding statement; empty if none decided
  bool acl_asked = false;   ///< an ACL could have granted it and did not
  AccountUid policy_owner;  ///< whose policy it is: only that account's callers may see it; empty for built-in ones
};

/// Rule: ram-sts "Policy evaluation", OSS "Authentication". Pure: the same arguments give the same answer.
///
/// 1 a session policy must allow; 2 an explicit Deny of the caller's own policies or of the resource's binds, across accounts too;
/// 3 within the account one Allow is enough; the owner's root needs none; 4 across accounts the bucket policy alone allows, a key
/// needs both; 5 ACLs may still grant reads and writes of objects. acs:PrincipalARN is added to the conditions here.
///
/// A RoleSession whose role is gone is denied; a user who is gone as well.
Decision authorize(const Directory& directory, const Principal& principal, std::string_view action, const Resource& resource,
                   const RequestConditions& conditions);

/// True if authorize() allows the action to the session of a role on every resource of kind kBucket whose name begins with resource.name,
/// whatever the conditions are. False says nothing: ask authorize(). Holds as long as the directory and the resource's policy stay as they are.
bool allows_all_below(const Directory& directory, const RoleSession& session, std::string_view action, const Resource& resource);
/// True if some policy may forbid the action to the session somewhere; false: authorize() gives no explicit deny for it anywhere.
bool may_be_denied(const Directory& directory, const RoleSession& session, std::string_view action, const Resource& resource);

/// sts:AssumeRole on a role: the trust policy and, unless a service calls, the caller's own policies must allow.
Decision authorize_assume(const Directory& directory, const Principal& principal, const RoleEntry& role, const RequestConditions& conditions);

/// kAccessDenied with details AuthAction, AuthPrincipalType, AuthPrincipalOwnerId, AuthPrincipalDisplayName, PolicyType,
/// NoPermissionType, and for callers of the policy's own account also Policy and Statement.
Error denied(const Decision& decision, const Principal& principal, std::string_view action);

}  // namespace farshore::identity
