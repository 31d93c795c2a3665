// SPDX-License-Identifier: Apache-2.0
// Policy operations.
#include "identity/policies.h"

#include <algorithm>

#include "codec/text.h"
#include "identity/directory_edit.h"
#include "identity/identity_errors.h"
#include "identity/names.h"

namespace farshore::identity {
namespace {

Result<PolicyEntry> find(const Directory& view, const PolicyName& name) {
  const PolicyEntry* policy = view.policy(name.account, name.type, name.name);
  if (policy == nullptr) return no_such("Policy", name.name);
  return *policy;
}

/// One that its account may change.
Result<PolicyEntry> find_custom(const Directory& view, const PolicyName& name) {
  if (name.type == PolicyType::kSystem) return Error(ErrorCode::kNoPermission, "System policies cannot be changed.");
  return find(view, name);
}

std::string version_text(std::uint32_t number) { return "v" + std::to_string(number); }

/// A user or role as attachments see it.
struct Entity {
  Bytes row;
  Bytes entry;  ///< as it is: written back, so that attaching and erasing collide
  std::string id;
  std::string_view word;  ///< "User" or "Role"
};

Result<Entity> find_entity(const Directory& view, const AccountUid& account, const EntityName& name) {
  if (name.kind == EntityKind::kUser) {
    const UserEntry* user = view.user(account, name.name);
    if (user == nullptr) return no_such("User", name.name);
    return Entity{user_row(account, name.name), encode(*user), user->id.get(), "User"};
  }
  const RoleEntry* role = view.role(account, name.name);
  if (role == nullptr) return no_such("Role", name.name);
  return Entity{role_row(account, name.name), encode(*role), role->id.get(), "Role"};
}

}  // namespace

Result<std::uint32_t> parse_policy_version(std::string_view text) {
  const auto number = text.starts_with('v') ? codec::parse_decimal<std::uint32_t>(text.substr(1)) : std::nullopt;
  if (!number || *number == 0) return bad_parameter("VersionId", "Format", "The parameter - \"VersionId\" must look like v1.");
  return *number;
}

Task<Result<PolicyEntry>> Policies::create(OpContext op, CreatePolicy request) {
  CO_TRY_OK(check_name("PolicyName", request.name, kPolicyNameMax, "-"));
  CO_TRY_OK(check_text("Description", request.description, kDescriptionMax));
  CO_TRY_OK(parse_identity_policy(request.document));
  const std::int64_t now = runtime_.clock.now().millis();
  const PolicyEntry policy{
      request.account, PolicyType::kCustom, request.name, request.description, 1, 2, {{1, request.document, now}}, now, now};
  co_return co_await directory_.change(op, [&](const Directory& view) -> Result<Decided<PolicyEntry>> {
    if (view.account(policy.account) == nullptr) return no_such("Account", policy.account.get());
    const bool taken = view.policy(policy.account, PolicyType::kCustom, policy.name) != nullptr ||
                       view.policy(policy.account, PolicyType::kSystem, policy.name) != nullptr;
    if (taken) return already_there("Policy", policy.name);
    if (view.policy_count(policy.account) >= quotas_.policies) return over_limit("Policy", quotas_.policies);
    DirectoryBatch batch;
    add_row(batch, policy_row(policy.account, policy.name), policy);
    return Decided<PolicyEntry>{std::move(batch), policy};
  });
}

Result<PolicyEntry> Policies::get(const PolicyName& policy) const { return find(directory_.view(), policy); }

std::size_t Policies::attachment_count(const PolicyName& policy) const {
  return directory_.view().attachments_of(policy.account, policy.type, policy.name).size();
}

Task<Result<PolicyEntry>> Policies::update_description(OpContext op, PolicyName name, std::string description) {
  CO_TRY_OK(check_text("NewDescription", description, kDescriptionMax));
  const std::int64_t now = runtime_.clock.now().millis();
  co_return co_await directory_.change(op, [&](const Directory& view) -> Result<Decided<PolicyEntry>> {
    TRY(PolicyEntry policy, find_custom(view, name));
    policy.description = description;
    policy.updated_millis = now;
    DirectoryBatch batch;
    replace_row(batch, view, policy_row(name.account, name.name), policy);
    return Decided<PolicyEntry>{std::move(batch), policy};
  });
}

Task<Result<void>> Policies::erase(OpContext op, PolicyName name, bool cascading) {
  co_return nothing(co_await directory_.change(op, [&](const Directory& view) -> Result<Decided<Done>> {
    TRY(const PolicyEntry policy, find_custom(view, name));
    DirectoryBatch batch;
    for (const AttachmentEntry& one : view.attachments_of(name.account, PolicyType::kCustom, name.name)) {
      if (!cascading) {
        return in_use(one.kind == EntityKind::kUser ? "Policy.User" : "Policy.Role", "The policy is attached. Detach it first.");
      }
      erase_row(batch, view, attachment_row(one.kind, one.entity, one.type, one.policy));
    }
    if (!cascading && policy.versions.size() > 1) {
      return in_use("Policy.Version", "The policy has more versions than its default one. Delete them first.");
    }
    erase_row(batch, view, policy_row(name.account, name.name));
    return Decided<Done>{std::move(batch), {}};
  }));
}

Task<Result<PolicyVersion>> Policies::create_version(OpContext op, CreatePolicyVersion request) {
  CO_TRY_OK(parse_identity_policy(request.document));
  const std::int64_t now = runtime_.clock.now().millis();
  co_return co_await directory_.change(op, [&](const Directory& view) -> Result<Decided<PolicyVersion>> {
    TRY(PolicyEntry policy, find_custom(view, {request.account, PolicyType::kCustom, request.name}));
    if (policy.versions.size() >= quotas_.policy_versions) {
      const auto oldest = std::find_if(policy.versions.begin(), policy.versions.end(),
                                       [&](const PolicyVersion& one) { return one.number != policy.default_version; });
      if (!request.rotate || oldest == policy.versions.end()) return over_limit("Policy.Version", quotas_.policy_versions);
      policy.versions.erase(oldest);
    }
    const PolicyVersion version{policy.next_version++, request.document, now};
    policy.versions.push_back(version);
    if (request.set_as_default) policy.default_version = version.number;
    policy.updated_millis = now;
    DirectoryBatch batch;
    replace_row(batch, view, policy_row(request.account, request.name), policy);
    return Decided<PolicyVersion>{std::move(batch), version};
  });
}

Task<Result<void>> Policies::set_default_version(OpContext op, PolicyName name, std::uint32_t number) {
  const std::int64_t now = runtime_.clock.now().millis();
  co_return nothing(co_await directory_.change(op, [&](const Directory& view) -> Result<Decided<Done>> {
    TRY(PolicyEntry policy, find_custom(view, name));
    if (policy.find(number) == nullptr) return no_such("Policy.Version", version_text(number));
    policy.default_version = number;
    policy.updated_millis = now;
    DirectoryBatch batch;
    replace_row(batch, view, policy_row(name.account, name.name), policy);
    return Decided<Done>{std::move(batch), {}};
  }));
}

Task<Result<void>> Policies::erase_version(OpContext op, PolicyName name, std::uint32_t number) {
  const std::int64_t now = runtime_.clock.now().millis();
  co_return nothing(co_await directory_.change(op, [&](const Directory& view) -> Result<Decided<Done>> {
    TRY(PolicyEntry policy, find_custom(view, name));
    if (policy.find(number) == nullptr) return no_such("Policy.Version", version_text(number));
    if (policy.default_version == number) {
      return in_use("Policy.Version.Default", "The default version cannot be deleted. Make another version the default first.");
    }
    std::erase_if(policy.versions, [&](const PolicyVersion& one) { return one.number == number; });
    policy.updated_millis = now;
    DirectoryBatch batch;
    replace_row(batch, view, policy_row(name.account, name.name), policy);
    return Decided<Done>{std::move(batch), {}};
  }));
}

Task<Result<void>> Policies::attach(OpContext op, PolicyName name, EntityName entity_name) {
  const std::int64_t now = runtime_.clock.now().millis();
  co_return nothing(co_await directory_.change(op, [&](const Directory& view) -> Result<Decided<Done>> {
    TRY(Entity entity, find_entity(view, name.account, entity_name));
    TRY(const PolicyEntry policy, find(view, name));
    const std::string word = std::string(entity.word) + ".Policy";
    if (view.attachment(entity_name.kind, entity.id, name.type, name.name) != nullptr) return already_there(word, name.name);
    const auto held = view.attachments(entity_name.kind, entity.id);
    const auto of_type = static_cast<std::size_t>(
        std::count_if(held.begin(), held.end(), [&](const AttachmentEntry& one) { return one.type == name.type; }));
    const std::size_t limit = name.type == PolicyType::kSystem ? quotas_.system_attachments : quotas_.custom_attachments;
    if (of_type >= limit) return over_limit(word, limit);
    DirectoryBatch batch;
    // Both ends are written again, so that erasing either of them collides with this.
    expect_seen(batch, view, entity.row);
    batch.put(entity.row, std::move(entity.entry));
    if (name.type == PolicyType::kCustom) replace_row(batch, view, policy_row(name.account, name.name), policy);
    add_row(batch, attachment_row(entity_name.kind, entity.id, name.type, name.name),
            AttachmentEntry{entity_name.kind, entity.id, name.account, name.type, policy.name, now});
    return Decided<Done>{std::move(batch), {}};
  }));
}

Task<Result<void>> Policies::detach(OpContext op, PolicyName name, EntityName entity_name) {
  co_return nothing(co_await directory_.change(op, [&](const Directory& view) -> Result<Decided<Done>> {
    TRY(const Entity entity, find_entity(view, name.account, entity_name));
    if (view.attachment(entity_name.kind, entity.id, name.type, name.name) == nullptr) {
      return no_such(std::string(entity.word) + ".Policy", name.name);
    }
    DirectoryBatch batch;
    erase_row(batch, view, attachment_row(entity_name.kind, entity.id, name.type, name.name));
    return Decided<Done>{std::move(batch), {}};
  }));
}

Result<std::vector<AttachedSummary>> Policies::attached_to(const AccountUid& account, const EntityName& name) const {
  const Directory& view = directory_.view();
  TRY(const Entity entity, find_entity(view, account, name));
  std::vector<AttachedSummary> out;
  for (const AttachmentEntry& one : view.attachments(name.kind, entity.id)) {
    if (const PolicyEntry* policy = view.policy(account, one.type, one.policy)) out.push_back({*policy, one.attached_millis});
  }
  return out;
}

Result<std::vector<EntitySummary>> Policies::entities_of(const PolicyName& name) const {
  const Directory& view = directory_.view();
  TRY_OK(find(view, name));
  std::vector<EntitySummary> out;
  for (const AttachmentEntry& one : view.attachments_of(name.account, name.type, name.name)) {
    if (one.kind == EntityKind::kUser) {
      if (const UserEntry* user = view.user(UserId(one.entity))) {
        out.push_back({one.kind, one.entity, user->name, user->display_name, one.attached_millis});
      }
    } else if (const RoleEntry* role = view.role(RoleId(one.entity))) {
      out.push_back({one.kind, one.entity, role->name, role->description, one.attached_millis});
    }
  }
  return out;
}

}  // namespace farshore::identity
