// SPDX-License-Identifier: Apache-2.0
// Principal: whoever a request is made as, with its ids and every spelling of its name.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "identity/policy_parser.h"
#include "model/ids.h"
#include "model/policy_principal.h"

namespace farshore::identity {

struct Anonymous {
  friend bool operator==(const Anonymous&, const Anonymous&) = default;
};

/// The account itself.
struct Root {
  AccountUid account;
  friend bool operator==(const Root&, const Root&) = default;
};

struct User {
  AccountUid account;
  UserId id;
  std::string name;
  friend bool operator==(const User&, const User&) = default;
};

/// Temporary rights of a role. The role's existence and policies are looked up at every use, by id.
struct RoleSession {
  AccountUid account;
  RoleId role;
  std::string role_name;     ///< as typed when the role was made
  std::string session_name;
  PolicyPointer session_policy;  ///< null: no restriction
  std::string service;       ///< the service that assumed it for itself, or empty
  friend bool operator==(const RoleSession&, const RoleSession&) = default;
};

/// A service before it has assumed a role; only trust policies name it.
struct Service {
  std::string name;
  friend bool operator==(const Service&, const Service&) = default;
};

/// A value; cheap enough to copy per request.
class Principal {
 public:
  using Who = std::variant<Anonymous, Root, User, RoleSession, Service>;
  Principal() = default;  ///< anonymous
  Principal(Who who) : who_(std::move(who)) {}  // NOLINT: implicit by design
  Principal(Root who) : who_(std::move(who)) {}  // NOLINT
  Principal(User who) : who_(std::move(who)) {}  // NOLINT
  Principal(RoleSession who) : who_(std::move(who)) {}  // NOLINT
  Principal(Service who) : who_(std::move(who)) {}  // NOLINT

  const Who& who() const { return who_; }
  bool is_anonymous() const { return std::holds_alternative<Anonymous>(who_); }
  const Root* root() const { return std::get_if<Root>(&who_); }
  const User* user() const { return std::get_if<User>(&who_); }
  const RoleSession* session() const { return std::get_if<RoleSession>(&who_); }
  bool is_root_of(const AccountUid& account) const { return root() != nullptr && root()->account == account; }
  /// Empty for anonymous and services.
  const AccountUid& account() const;

  /// GetCallerIdentity's spelling: "acs:ram::<uid>:root", "…:user/<name>", "…:assumed-role/<role>/<session>"; "*" if anonymous.
  std::string arn() const;
  /// The value of acs:PrincipalARN: sessions present their role, in lower case. Empty if anonymous.
  std::string condition_arn() const;
  /// "RootUser", "SubUser", "AssumedRoleUser", "Service" or "Anonymous", as denials report it.
  std::string_view type() const;
  /// uid, user id, or "role:session", as denials report it.
  std::string display_name() const;
  /// uid, user id or "<role id>:<session>", as GetCallerIdentity reports it; empty if anonymous.
  std::string principal_id() const;
  PolicyCaller policy_caller() const;
  friend bool operator==(const Principal&, const Principal&) = default;

 private:
  Who who_;
};

/// "acs:ram::<uid>:role/<lower-case name>".
std::string role_arn(const AccountUid& account, std::string_view role_name);
std::string user_arn(const AccountUid& account, std::string_view user_name);

}  // namespace farshore::identity
