// SPDX-License-Identifier: Apache-2.0
// The spellings of principals, read into one form.
//
//   principal := "*" | digits | prefix ":ram::" uid ":" what | prefix ":sts::" uid ":" what         prefix: "acs" | "arn"
//   what      := "root" | "*" | "user/" name | "role/" name [ "/" session ] | "assumed-role/" name "/" session
//              | "saml-provider/" name | "oidc-provider/" name
#include "model/policy_principal.h"

#include <algorithm>
#include <utility>

namespace farshore {
namespace {

constexpr std::size_t kNameSizeMax = 128;

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= kNameSizeMax && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || std::string_view("._-@=,+").contains(c);
  });
}

/// Takes `prefix` off the front if it is there.
bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

struct Arn {
  std::string_view account;
  std::string_view what;
};

std::optional<Arn> split_arn(std::string_view text) {
  if (!take(text, "acs:") && !take(text, "arn:")) return std::nullopt;
  if (!take(text, "ram:") && !take(text, "sts:")) return std::nullopt;
  if (!take(text, "*:") && !take(text, ":")) return std::nullopt;  // the region of an identity is empty; '*' is often written
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || !is_digits(text.substr(0, colon))) return std::nullopt;
  return Arn{text.substr(0, colon), text.substr(colon + 1)};
}

using Kind = PolicyPrincipal::Kind;

std::optional<PolicyPrincipal> role_or_session(const Arn& arn, std::string_view rest) {
  const std::size_t slash = rest.find('/');
  const std::string_view name = rest.substr(0, slash);
  if (!is_name(name)) return std::nullopt;
  if (slash == std::string_view::npos) return PolicyPrincipal{Kind::kRole, std::string(arn.account), name_key(name), {}};
  const std::string_view session = rest.substr(slash + 1);
  if (session == "*") return PolicyPrincipal{Kind::kRole, std::string(arn.account), name_key(name), {}};
  if (!is_name(session)) return std::nullopt;
  return PolicyPrincipal{Kind::kSession, std::string(arn.account), name_key(name), std::string(session)};
}

}  // namespace

std::string name_key(std::string_view name) {
  std::string key(name);
  for (char& c : key) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return key;
}

bool PolicyPrincipal::matches(const PolicyCaller& caller) const {
  using Who = PolicyCaller::Kind;
  switch (kind) {
    case Kind::kEveryone: return true;
    case Kind::kId:
      return (caller.kind == Who::kRoot || caller.kind == Who::kUser || caller.kind == Who::kRoleSession) && caller.id == name;
    case Kind::kRoot: return caller.kind == Who::kRoot && caller.account == account;
    case Kind::kAccount: return !caller.account.empty() && caller.account == account;
    case Kind::kUser: return caller.kind == Who::kUser && caller.account == account && caller.name == name;
    case Kind::kRole: return caller.kind == Who::kRoleSession && caller.account == account && caller.name == name;
    case Kind::kSession:
      return caller.kind == Who::kRoleSession && caller.account == account && caller.name == name && caller.session == session;
    case Kind::kService: return caller.kind == Who::kService && caller.name == name;
    case Kind::kNobody: return false;
  }
  return false;
}

std::optional<PolicyPrincipal> parse_principal(std::string_view text, PrincipalPlace place) {
  if (text == "*") return PolicyPrincipal{Kind::kEveryone, {}, {}, {}};
  if (is_digits(text)) return PolicyPrincipal{Kind::kId, {}, std::string(text), {}};
  const auto arn = split_arn(text);
  if (!arn) return std::nullopt;
  std::string_view what = arn->what;
  if (what == "root") {
    const Kind kind = place == PrincipalPlace::kBucketPolicy ? Kind::kRoot : Kind::kAccount;
    return PolicyPrincipal{kind, std::string(arn->account), {}, {}};
  }
  if (what == "*") return PolicyPrincipal{Kind::kAccount, std::string(arn->account), {}, {}};
  if (take(what, "user/")) {
    if (what == "*" || !is_name(what)) return std::nullopt;
    return PolicyPrincipal{Kind::kUser, std::string(arn->account), name_key(what), {}};
  }
  if (take(what, "role/") || take(what, "assumed-role/")) return role_or_session(*arn, what);
  if (take(what, "saml-provider/") || take(what, "oidc-provider/")) {
    if (!is_name(what)) return std::nullopt;
    return PolicyPrincipal{Kind::kNobody, std::string(arn->account), std::string(what), {}};
  }
  return std::nullopt;
}

std::optional<PolicyPrincipal> parse_service_principal(std::string_view text) {
  if (!is_name(text) || !text.contains('.')) return std::nullopt;
  return PolicyPrincipal{Kind::kService, {}, name_key(text), {}};
}

std::optional<RoleReference> parse_role_arn(std::string_view text) {
  const auto arn = split_arn(text);
  if (!arn) return std::nullopt;
  std::string_view what = arn->what;
  if (!take(what, "role/") || !is_name(what)) return std::nullopt;
  return RoleReference{std::string(arn->account), name_key(what)};
}

}  // namespace farshore
