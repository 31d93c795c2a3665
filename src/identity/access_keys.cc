// SPDX-License-Identifier: Apache-2.0
// Access key operations.
#include "identity/access_keys.h"

#include "identity/directory_edit.h"
#include "identity/identity_errors.h"
#include "identity/names.h"

namespace farshore::identity {
namespace {

constexpr std::size_t kIdRandomSize = 18;
constexpr std::size_t kSecretSize = 30;

/// The id whose keys are meant; empty for the root.
Result<UserId> owner_id(const Directory& view, const KeyOwner& owner) {
  if (owner.user_name.empty()) {
    if (view.account(owner.account) == nullptr) return no_such("Account", owner.account.get());
    return UserId();
  }
  const UserEntry* user = view.user(owner.account, owner.user_name);
  if (user == nullptr) return no_such("User", owner.user_name);
  return user->id;
}

Result<AccessKeyEntry> own_key(const Directory& view, const KeyOwner& owner, const AccessKeyId& id) {
  TRY(const UserId user, owner_id(view, owner));
  const AccessKeyEntry* key = view.access_key(id);
  if (key == nullptr || key->account != owner.account || key->user != user) return no_such("User.AccessKey", id.get());
  return *key;
}

}  // namespace

NewAccessKey make_access_key(Runtime& runtime) {
  return {AccessKeyId("LTAI5t" + new_alphanumeric(runtime.random, kIdRandomSize)), Secret(new_alphanumeric(runtime.random, kSecretSize)),
          runtime.clock.now().millis()};
}

Task<Result<NewAccessKey>> AccessKeys::create(OpContext op, KeyOwner owner) {
  const NewAccessKey made = make_access_key(runtime_);
  const Bytes sealed = sealer_.seal(made.id.get(), made.secret);
  co_return co_await directory_.change(op, [&](const Directory& view) -> Result<Decided<NewAccessKey>> {
    TRY(const UserId user, owner_id(view, owner));
    const std::size_t limit = user.get().empty() ? quotas_.access_keys_per_root : quotas_.access_keys_per_user;
    if (view.access_keys(owner.account, user).size() >= limit) return over_limit("User.AccessKey", limit);
    DirectoryBatch batch;
    // The owner's row stands for "still there": erasing a user expects it too, so neither can miss the other.
    const Bytes row = user.get().empty() ? account_row(owner.account) : user_row(owner.account, owner.user_name);
    if (user.get().empty()) {
      expect_seen(batch, view, row);
    } else {
      replace_row(batch, view, row, *view.user(user));
    }
    add_row(batch, access_key_row(made.id), AccessKeyEntry{made.id, owner.account, user, true, made.created_millis, sealed});
    return Decided<NewAccessKey>{std::move(batch), made};
  });
}

Task<Result<void>> AccessKeys::set_active(OpContext op, KeyOwner owner, AccessKeyId id, bool active) {
  co_return nothing(co_await directory_.change(op, [&](const Directory& view) -> Result<Decided<Done>> {
    TRY(AccessKeyEntry key, own_key(view, owner, id));
    DirectoryBatch batch;
    if (key.active != active) {
      key.active = active;
      replace_row(batch, view, access_key_row(id), key);
    }
    return Decided<Done>{std::move(batch), {}};
  }));
}

Task<Result<void>> AccessKeys::erase(OpContext op, KeyOwner owner, AccessKeyId id) {
  co_return nothing(co_await directory_.change(op, [&](const Directory& view) -> Result<Decided<Done>> {
    TRY(const AccessKeyEntry key, own_key(view, owner, id));
    DirectoryBatch batch;
    erase_row(batch, view, access_key_row(key.id));
    return Decided<Done>{std::move(batch), {}};
  }));
}

Result<std::vector<AccessKeyEntry>> AccessKeys::list(const KeyOwner& owner) const {
  TRY(const UserId user, owner_id(directory_.view(), owner));
  return directory_.view().access_keys(owner.account, user);
}

}  // namespace farshore::identity
