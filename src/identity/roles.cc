// SPDX-License-Identifier: Apache-2.0
// Role operations.
#include "identity/roles.h"

#include "identity/directory_edit.h"
#include "identity/identity_errors.h"
#include "identity/names.h"

namespace farshore::identity {
namespace {

constexpr std::string_view kNameOthers = ".-_";
constexpr std::size_t kRoleIdSize = 18;

Result<void> check(const RoleEntry& role, std::string_view prefix) {
  TRY_OK(check_name("RoleName", role.name, kEntityNameMax, kNameOthers));
  TRY_OK(check_text(std::string(prefix) + "Description", role.description, kDescriptionMax));
  if (role.session_max_seconds < kRoleSessionSecondsMin || role.session_max_seconds > kRoleSessionSecondsMax) {
    return bad_parameter("MaxSessionDuration", "", "MaxSessionDuration must be 3600 to 43200 seconds.");
  }
  return {};
}

/// A trust policy may name only principals of its own account that exist; those of other accounts are checked for syntax
/// alone, or the answer would tell who exists there.
Result<void> check_trust(const Directory& view, const RoleEntry& role) {
  TRY(const PolicyPointer document, parse_trust_policy(role.trust_policy));
  const auto missing = [](std::string_view what, const std::string& name) {
    return bad_parameter(
        "AssumeRolePolicyDocument", "",
        "The trust policy names a " + std::string(what) + " that does not exist: " + name + ". Create it first or correct the name.");
  };
  for (const PolicyStatement& statement : document->statements) {
    for (const PolicyPrincipal& principal : statement.principals) {
      if (principal.account != role.account.get()) continue;
      if (principal.kind == PolicyPrincipal::Kind::kUser && view.user(role.account, principal.name) == nullptr) {
        return missing("user", principal.name);
      }
      const bool of_role = principal.kind == PolicyPrincipal::Kind::kRole || principal.kind == PolicyPrincipal::Kind::kSession;
      if (of_role && view.role(role.account, principal.name) == nullptr) return missing("role", principal.name);
    }
  }
  return {};
}

}  // namespace

Task<Result<RoleEntry>> Roles::create(OpContext op, CreateRole request) {
  const std::int64_t now = runtime_.clock.now().millis();
  const RoleEntry role{request.account,
                       RoleId(new_numeric_id(runtime_.random, '3', kRoleIdSize)),
                       request.name,
                       request.description,
                       request.trust_policy,
                       request.session_max_seconds.value_or(kRoleSessionSecondsMin),
                       now,
                       now,
                       0};
  CO_TRY_OK(check(role, ""));
  co_return co_await directory_.change(op, [&](const Directory& view) -> Result<Decided<RoleEntry>> {
    if (view.account(role.account) == nullptr) return no_such("Account", role.account.get());
    TRY_OK(check_trust(view, role));
    if (view.role(role.account, role.name) != nullptr) return already_there("Role", role.name);
    if (view.role_count(role.account) >= quotas_.roles) return over_limit("Role", quotas_.roles);
    DirectoryBatch batch;
    add_row(batch, role_row(role.account, role.name), role);
    return Decided<RoleEntry>{std::move(batch), role};
  });
}

Result<RoleEntry> Roles::get(const AccountUid& account, std::string_view name) const {
  const RoleEntry* role = directory_.view().role(account, name);
  if (role == nullptr) return no_such("Role", name);
  return *role;
}

Task<Result<RoleEntry>> Roles::update(OpContext op, UpdateRole request) {
  const std::int64_t now = runtime_.clock.now().millis();
  co_return co_await directory_.change(op, [&](const Directory& view) -> Result<Decided<RoleEntry>> {
    const RoleEntry* found = view.role(request.account, request.name);
    if (found == nullptr) return no_such("Role", request.name);
    RoleEntry role = *found;
    if (request.description) role.description = *request.description;
    if (request.session_max_seconds) role.session_max_seconds = *request.session_max_seconds;
    role.updated_millis = now;
    TRY_OK(check(role, "New"));
    if (request.trust_policy) {
      role.trust_policy = *request.trust_policy;
      TRY_OK(check_trust(view, role));
    }
    DirectoryBatch batch;
    replace_row(batch, view, role_row(role.account, role.name), role);
    return Decided<RoleEntry>{std::move(batch), role};
  });
}

Task<Result<void>> Roles::erase(OpContext op, AccountUid account, std::string name) {
  co_return nothing(co_await directory_.change(op, [&](const Directory& view) -> Result<Decided<Done>> {
    const RoleEntry* role = view.role(account, name);
    if (role == nullptr) return no_such("Role", name);
    if (!view.attachments(EntityKind::kRole, role->id.get()).empty()) {
      return in_use("Role.Policy", "Policies are attached to the role. Detach them first.");
    }
    DirectoryBatch batch;
    erase_row(batch, view, role_row(account, name));
    return Decided<Done>{std::move(batch), {}};
  }));
}

Task<Result<void>> Roles::revoke_sessions(OpContext op, AccountUid account, std::string name) {
  const std::int64_t now = runtime_.clock.now().millis();
  co_return nothing(co_await directory_.change(op, [&](const Directory& view) -> Result<Decided<Done>> {
    const RoleEntry* found = view.role(account, name);
    if (found == nullptr) return no_such("Role", name);
    RoleEntry role = *found;
    role.sessions_valid_from_millis = now + 1;
    DirectoryBatch batch;
    replace_row(batch, view, role_row(account, name), role);
    return Decided<Done>{std::move(batch), {}};
  }));
}

}  // namespace farshore::identity
