// SPDX-License-Identifier: Apache-2.0
// PolicyCaller and PolicyPrincipal: whoever calls, and whom a policy names.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace farshore {

/// Who makes a request, as far as policies can tell. Role names are lower-case here.
struct PolicyCaller {
  enum class Kind : std::uint8_t { kAnonymous, kRoot, kUser, kRoleSession, kService };
  Kind kind = Kind::kAnonymous;
  std::string account;  ///< uid; empty for anonymous and service
  std::string id;       ///< uid of root, user id, role id
  std::string name;     ///< user or role name in lower case, service name
  std::string session;  ///< session name as given, of a role session
  friend bool operator==(const PolicyCaller&, const PolicyCaller&) = default;
};

/// Where a principal was written; ":root" stands for the root user in a bucket policy, for the whole account elsewhere.
enum class PrincipalPlace : std::uint8_t { kBucketPolicy, kTrustPolicy, kKeyPolicy };

/// A principal of a policy, normalised, so that every documented spelling of one thing is equal.
struct PolicyPrincipal {
  enum class Kind : std::uint8_t {
    kEveryone,  ///< "*", anonymous included
    kId,        ///< a bare uid, user id or role id: that one alone
    kRoot,      ///< the root user
    kAccount,   ///< everyone of an account
    kUser,      ///< a user by name
    kRole,      ///< every session of a role
    kSession,   ///< one session of a role
    kService,   ///< a service that acts by itself
    kNobody,    ///< accepted and never matched (identity providers)
  };
  Kind kind = Kind::kNobody;
  std::string account;
  std::string name;     ///< lower-case; for kId the id
  std::string session;  ///< for kSession, exact

  bool matches(const PolicyCaller& caller) const;
  friend bool operator==(const PolicyPrincipal&, const PolicyPrincipal&) = default;
};

/// Reads one principal: "*", digits, and acs: or arn: with ram or sts. Nothing if it is none of these.
/// Role names are compared ignoring case (roles are unique that way), "assumed-role/<name>/*" is the role itself.
std::optional<PolicyPrincipal> parse_principal(std::string_view text, PrincipalPlace place);
/// A service principal of a trust policy: "oss.aliyuncs.com". Nothing if it is not a host-like name.
std::optional<PolicyPrincipal> parse_service_principal(std::string_view text);

/// The account and lower-case name of "acs:ram::<uid>:role/<name>" (acs: or arn:, any case of the name).
struct RoleReference {
  std::string account;
  std::string name;
  friend bool operator==(const RoleReference&, const RoleReference&) = default;
};
std::optional<RoleReference> parse_role_arn(std::string_view text);

/// ASCII lower case; names of users, roles, groups and policies are equal ignoring case.
std::string name_key(std::string_view name);

}  // namespace farshore
