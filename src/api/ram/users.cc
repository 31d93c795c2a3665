// SPDX-License-Identifier: Apache-2.0
// RAM users.
#include "api/ram/ram_actions.h"
#include "api/ram/ram_listing.h"

namespace farshore::api::ram {
namespace {

RpcTree described(const identity::UserEntry& user) {
  return RpcTree()
      .text("UserId", user.id.get())
      .text("UserName", user.name)
      .text("DisplayName", user.display_name)
      .text("MobilePhone", user.mobile_phone)
      .text("Email", user.email)
      .text("Comments", user.comments)
      .time("CreateDate", user.created_millis)
      .time("UpdateDate", user.updated_millis);
}

}  // namespace

Task<Result<RpcTree>> create_user(OpContext op, RpcServices services, RpcCall call) {
  const RpcParameters& from = call.parameters;
  identity::CreateUser request;
  request.account = call.account();
  CO_TRY(request.name, from.required("UserName"));
  request.display_name = from.text_or_empty("DisplayName");
  request.comments = from.text_or_empty("Comments");
  request.mobile_phone = from.text_or_empty("MobilePhone");
  request.email = from.text_or_empty("Email");
  CO_TRY(const auto user, co_await services.users.create(op, std::move(request)));
  co_return RpcTree().tree("User", described(user));
}

Task<Result<RpcTree>> get_user(OpContext, RpcServices services, RpcCall call) {
  CO_TRY(const std::string name, call.parameters.required("UserName"));
  CO_TRY(const auto user, services.users.get(call.account(), name));
  // Rule: RAM, GetUser: LastLoginDate is the console's; nobody has signed in there with a password.
  co_return RpcTree().tree("User", described(user).text("LastLoginDate", ""));
}

Task<Result<RpcTree>> update_user(OpContext op, RpcServices services, RpcCall call) {
  const RpcParameters& from = call.parameters;
  identity::UpdateUser request;
  request.account = call.account();
  CO_TRY(request.name, from.required("UserName"));
  request.new_name = from.text("NewUserName");
  request.display_name = from.text_or_clear("NewDisplayName");
  request.comments = from.text_or_clear("NewComments");
  request.mobile_phone = from.text_or_clear("NewMobilePhone");
  request.email = from.text_or_clear("NewEmail");
  CO_TRY(const auto user, co_await services.users.update(op, std::move(request)));
  co_return RpcTree().tree("User", described(user));
}

Task<Result<RpcTree>> delete_user(OpContext op, RpcServices services, RpcCall call) {
  CO_TRY(std::string name, call.parameters.required("UserName"));
  CO_TRY_OK(co_await services.users.erase(op, call.account(), std::move(name)));
  co_return RpcTree();
}

Task<Result<RpcTree>> list_users(OpContext, RpcServices services, RpcCall call) {
  CO_TRY(const auto range, page_of(call.parameters));
  const auto page = services.users.list(call.account(), range);
  std::vector<RpcTree> users;
  for (const auto& user : page.items) users.push_back(described(user));
  RpcTree result;
  add_page_end(result, page.next_marker);
  result.list("Users", "User", std::move(users));
  co_return result;
}

}  // namespace farshore::api::ram
