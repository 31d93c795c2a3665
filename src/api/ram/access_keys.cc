// SPDX-License-Identifier: Apache-2.0
// Access keys of users and, for the root, of the account.
#include "api/ram/ram_actions.h"
#include "api/ram/ram_resources.h"

namespace farshore::api::ram {
namespace {

std::string_view status_text(bool active) { return active ? "Active" : "Inactive"; }

Result<bool> parse_status(std::string_view text) {
  if (text == "Active") return true;
  if (text == "Inactive") return false;
  return wrong_parameter("Status", "The Status must be Active or Inactive.");
}

}  // namespace

Task<Result<RpcTree>> create_access_key(OpContext op, RpcServices services, RpcCall call) {
  CO_TRY(auto owner, key_owner_of(call));
  CO_TRY(const auto key, co_await services.access_keys.create(op, std::move(owner)));
  co_return RpcTree().tree("AccessKey", RpcTree()
                                            .text("AccessKeyId", key.id.get())
                                            .text("AccessKeySecret", key.secret.reveal())
                                            .text("Status", status_text(true))
                                            .time("CreateDate", key.created_millis));
}

Task<Result<RpcTree>> update_access_key(OpContext op, RpcServices services, RpcCall call) {
  CO_TRY(auto owner, key_owner_of(call));
  CO_TRY(std::string id, call.parameters.required("UserAccessKeyId"));
  CO_TRY(const std::string status, call.parameters.required("Status"));
  CO_TRY(const bool active, parse_status(status));
  CO_TRY_OK(co_await services.access_keys.set_active(op, std::move(owner), AccessKeyId(std::move(id)), active));
  co_return RpcTree();
}

Task<Result<RpcTree>> delete_access_key(OpContext op, RpcServices services, RpcCall call) {
  CO_TRY(auto owner, key_owner_of(call));
  CO_TRY(std::string id, call.parameters.required("UserAccessKeyId"));
  CO_TRY_OK(co_await services.access_keys.erase(op, std::move(owner), AccessKeyId(std::move(id))));
  co_return RpcTree();
}

Task<Result<RpcTree>> list_access_keys(OpContext, RpcServices services, RpcCall call) {
  CO_TRY(const auto owner, key_owner_of(call));
  CO_TRY(const auto keys, services.access_keys.list(owner));
  std::vector<RpcTree> items;
  for (const auto& key : keys) {
    items.push_back(RpcTree().text("AccessKeyId", key.id.get()).text("Status", status_text(key.active)).time("CreateDate", key.created_millis));
  }
  co_return RpcTree().list("AccessKeys", "AccessKey", std::move(items));
}

}  // namespace farshore::api::ram
