// SPDX-License-Identifier: Apache-2.0
// User operations.
#include "identity/users.h"

#include "identity/directory_edit.h"
#include "identity/identity_errors.h"
#include "identity/names.h"
#include "model/policy_principal.h"

namespace farshore::identity {
namespace {

constexpr std::string_view kNameOthers = "._-";
constexpr std::size_t kUserIdSize = 18;

Result<void> check(const UserEntry& user, std::string_view prefix) {
  const auto field = [&](std::string_view name) { return std::string(prefix) + std::string(name); };
  TRY_OK(check_name(field("UserName"), user.name, kEntityNameMax, kNameOthers));
  TRY_OK(check_text(field("DisplayName"), user.display_name, kShortTextMax));
  TRY_OK(check_text(field("Comments"), user.comments, kShortTextMax));
  TRY_OK(check_text(field("MobilePhone"), user.mobile_phone, kShortTextMax));
  return check_text(field("Email"), user.email, kShortTextMax);
}

}  // namespace

Task<Result<UserEntry>> Users::create(OpContext op, CreateUser request) {
  const std::int64_t now = runtime_.clock.now().millis();
  const UserEntry user{request.account,
                       UserId(new_numeric_id(runtime_.random, '2', kUserIdSize)),
                       request.name,
                       request.display_name,
                       request.comments,
                       request.mobile_phone,
                       request.email,
                       now,
                       now,
                       0};
  CO_TRY_OK(check(user, ""));
  co_return co_await directory_.change(op, [&](const Directory& view) -> Result<Decided<UserEntry>> {
    if (view.account(user.account) == nullptr) return no_such("Account", user.account.get());
    if (view.user(user.account, user.name) != nullptr) return already_there("User", user.name);
    if (view.user_count(user.account) >= quotas_.users) return over_limit("User", quotas_.users);
    DirectoryBatch batch;
    add_row(batch, user_row(user.account, user.name), user);
    return Decided<UserEntry>{std::move(batch), user};
  });
}

Result<UserEntry> Users::get(const AccountUid& account, std::string_view name) const {
  const UserEntry* user = directory_.view().user(account, name);
  if (user == nullptr) return no_such("User", name);
  return *user;
}

Task<Result<UserEntry>> Users::update(OpContext op, UpdateUser request) {
  const std::int64_t now = runtime_.clock.now().millis();
  co_return co_await directory_.change(op, [&](const Directory& view) -> Result<Decided<UserEntry>> {
    const UserEntry* found = view.user(request.account, request.name);
    if (found == nullptr) return no_such("User", request.name);
    UserEntry user = *found;
    if (request.new_name) user.name = *request.new_name;
    if (request.display_name) user.display_name = *request.display_name;
    if (request.comments) user.comments = *request.comments;
    if (request.mobile_phone) user.mobile_phone = *request.mobile_phone;
    if (request.email) user.email = *request.email;
    user.updated_millis = now;
    TRY_OK(check(user, "New"));
    DirectoryBatch batch;
    const Bytes old_row = user_row(found->account, found->name);
    const Bytes new_row = user_row(user.account, user.name);
    if (old_row == new_row) {
      replace_row(batch, view, old_row, user);
    } else {
      if (view.user(user.account, user.name) != nullptr) return already_there("User", user.name);
      erase_row(batch, view, old_row);
      add_row(batch, new_row, user);
    }
    return Decided<UserEntry>{std::move(batch), user};
  });
}

Task<Result<void>> Users::erase(OpContext op, AccountUid account, std::string name) {
  co_return nothing(co_await directory_.change(op, [&](const Directory& view) -> Result<Decided<Done>> {
    const UserEntry* user = view.user(account, name);
    if (user == nullptr) return no_such("User", name);
    if (!view.access_keys(account, user->id).empty()) return in_use("User.AccessKey", "The user has access keys. Delete them first.");
    if (!view.attachments(EntityKind::kUser, user->id.get()).empty()) {
      return in_use("User.Policy", "Policies are attached to the user. Detach them first.");
    }
    DirectoryBatch batch;
    erase_row(batch, view, user_row(account, name));
    return Decided<Done>{std::move(batch), {}};
  }));
}

Task<Result<void>> Users::revoke_sessions(OpContext op, AccountUid account, std::string name) {
  const std::int64_t now = runtime_.clock.now().millis();
  co_return nothing(co_await directory_.change(op, [&](const Directory& view) -> Result<Decided<Done>> {
    const UserEntry* found = view.user(account, name);
    if (found == nullptr) return no_such("User", name);
    UserEntry user = *found;
    user.sessions_valid_from_millis = now + 1;
    DirectoryBatch batch;
    replace_row(batch, view, user_row(account, name), user);
    return Decided<Done>{std::move(batch), {}};
  }));
}

}  // namespace farshore::identity
