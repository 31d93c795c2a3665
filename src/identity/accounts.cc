// SPDX-License-Identifier: Apache-2.0
// Account operations.
#include "identity/accounts.h"

#include <algorithm>

#include "identity/directory_edit.h"
#include "identity/identity_errors.h"
#include "identity/names.h"

namespace farshore::identity {
namespace {

constexpr std::size_t kUidSize = 16;

bool valid_uid(const AccountUid& uid) {
  const std::string& text = uid.get();
  return text.size() == kUidSize && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Task<Result<CreatedAccount>> Accounts::create(OpContext op, CreateAccount request) {
  CO_TRY_OK(check_name("Name", request.name, kEntityNameMax, ".-_"));
  if (request.uid && !valid_uid(*request.uid)) co_return bad_parameter("Uid", "Format", "An account's uid has 16 digits.");
  CreatedAccount created;
  created.account.uid = request.uid ? *request.uid : AccountUid(new_numeric_id(runtime_.random, '1', kUidSize));
  created.account.name = request.name;
  created.account.regions = std::move(request.regions);
  created.account.created_millis = runtime_.clock.now().millis();
  created.root_key = request.root_key ? std::move(*request.root_key) : make_access_key(runtime_);
  created.root_key.created_millis = created.account.created_millis;
  const AccessKeyEntry key{created.root_key.id,
                           created.account.uid,
                           UserId(),
                           true,
                           created.account.created_millis,
                           sealer_.seal(created.root_key.id.get(), created.root_key.secret)};

  co_return co_await directory_.change(op, [&](const Directory& view) -> Result<Decided<CreatedAccount>> {
    if (view.account(created.account.uid) != nullptr) return already_there("Account", created.account.uid.get());
    DirectoryBatch batch;
    add_row(batch, account_row(created.account.uid), created.account);
    add_row(batch, access_key_row(key.id), key);
    return Decided<CreatedAccount>{std::move(batch), created};
  });
}

Result<AccountEntry> Accounts::get(const AccountUid& uid) const {
  const AccountEntry* account = directory_.view().account(uid);
  if (account == nullptr) return no_such("Account", uid.get());
  return *account;
}

Task<Result<void>> Accounts::revoke_sessions(OpContext op, AccountUid uid) {
  const std::int64_t now = runtime_.clock.now().millis();
  co_return nothing(co_await directory_.change(op, [&](const Directory& view) -> Result<Decided<Done>> {
    const AccountEntry* account = view.account(uid);
    if (account == nullptr) return no_such("Account", uid.get());
    AccountEntry next = *account;
    next.sessions_valid_from_millis = now + 1;
    DirectoryBatch batch;
    replace_row(batch, view, account_row(uid), next);
    return Decided<Done>{std::move(batch), {}};
  }));
}

}  // namespace farshore::identity
