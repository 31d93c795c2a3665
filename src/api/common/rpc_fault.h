// SPDX-License-Identifier: Apache-2.0
// RpcFault: a refusal as RAM and STS spell it, and the one table from our codes to theirs.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace farshore::api {

/// What an error answer says. A plain value of the protocol: it never travels below api/.
struct RpcFault {
  int status = 500;
  std::string code;     ///< never empty: clients compare by prefix
  std::string message;
  std::vector<std::pair<std::string, std::string>> access_denied;  ///< members of AccessDeniedDetail; empty: none
  int retry_after_millis = 0;  ///< sent as x-acs-retry-after; 0: not at all
  std::string logged;   ///< what the log says beyond the answer; empty if the answer says it all
};

/// The public status, code and text of a domain error. Codes that RAM and STS have no word for become InternalError or
/// ServiceUnavailable; their text goes to the log only.
///
///   kEntityNotExist with detail Entity = "Role"           404 EntityNotExist.Role
///   kInvalidParameter with details Field, Reason          400 InvalidParameter.<Field>.<Reason>
///   kMissingArgument with detail Name                     400 Missing<Name>
RpcFault rpc_fault(const Error& error);

/// A value or a fault; returned by the checks before a call reaches its action. An Error turns into its fault by itself.
template <class T>
class [[nodiscard]] RpcResult : public std::expected<T, RpcFault> {
 public:
  using std::expected<T, RpcFault>::expected;
  RpcResult(RpcFault fault) : std::expected<T, RpcFault>(std::unexpect, std::move(fault)) {}  // NOLINT: implicit by design
  RpcResult(const Error& error) : std::expected<T, RpcFault>(std::unexpect, rpc_fault(error)) {}  // NOLINT
};

/// kMissingArgument: "<name> is mandatory for this action."
Error missing_parameter(std::string_view name);
/// kInvalidParameter, "InvalidParameter.<field>".
Error wrong_parameter(std::string_view field, std::string message);

}  // namespace farshore::api
