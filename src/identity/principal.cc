// SPDX-License-Identifier: Apache-2.0
// The spellings of a principal.
#include "identity/principal.h"

namespace farshore::identity {
namespace {

template <class... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

std::string arn_of(const AccountUid& account, std::string_view what) { return "acs:ram::" + account.get() + ":" + std::string(what); }

}  // namespace

std::string role_arn(const AccountUid& account, std::string_view role_name) { return arn_of(account, "role/" + name_key(role_name)); }
std::string user_arn(const AccountUid& account, std::string_view user_name) { return arn_of(account, "user/" + std::string(user_name)); }

const AccountUid& Principal::account() const {
  static const AccountUid kNone;
  return std::visit(
      Overloaded{[](const Anonymous&) -> const AccountUid& { return kNone; }, [](const Service&) -> const AccountUid& { return kNone; },
                 [](const auto& who) -> const AccountUid& { return who.account; }},
      who_);
}

std::string Principal::arn() const {
  return std::visit(
      Overloaded{
          [](const Anonymous&) { return std::string("*"); }, [](const Root& who) { return arn_of(who.account, "root"); },
          [](const User& who) { return user_arn(who.account, who.name); },
          [](const RoleSession& who) { return arn_of(who.account, "assumed-role/" + name_key(who.role_name) + "/" + who.session_name); },
          [](const Service& who) { return who.name; }},
      who_);
}

std::string Principal::condition_arn() const {
  if (is_anonymous()) return {};
  if (const RoleSession* who = session()) return role_arn(who->account, who->role_name);
  return arn();
}

std::string_view Principal::type() const {
  constexpr std::string_view kTypes[] = {"Anonymous", "RootUser", "SubUser", "AssumedRoleUser", "Service"};
  return kTypes[who_.index()];
}

std::string Principal::display_name() const {
  return std::visit(Overloaded{[](const Anonymous&) { return std::string(); }, [](const Root& who) { return who.account.get(); },
                               [](const User& who) { return who.id.get(); },
                               [](const RoleSession& who) { return name_key(who.role_name) + ":" + who.session_name; },
                               [](const Service& who) { return who.name; }},
                    who_);
}

std::string Principal::principal_id() const {
  if (const RoleSession* who = session()) return who->role.get() + ":" + who->session_name;
  return display_name();
}

PolicyCaller Principal::policy_caller() const {
  using Kind = PolicyCaller::Kind;
  return std::visit(
      Overloaded{[](const Anonymous&) { return PolicyCaller(); },
                 [](const Root& who) { return PolicyCaller{Kind::kRoot, who.account.get(), who.account.get(), {}, {}}; },
                 [](const User& who) { return PolicyCaller{Kind::kUser, who.account.get(), who.id.get(), name_key(who.name), {}}; },
                 [](const RoleSession& who) {
                   return PolicyCaller{Kind::kRoleSession, who.account.get(), who.role.get(), name_key(who.role_name), who.session_name};
                 },
                 [](const Service& who) { return PolicyCaller{Kind::kService, {}, {}, name_key(who.name), {}}; }},
      who_);
}

}  // namespace farshore::identity
