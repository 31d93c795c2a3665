// SPDX-License-Identifier: Apache-2.0
// The STS actions.
#pragma once

#include "api/common/rpc_action.h"

namespace farshore::api::sts {

Task<Result<RpcTree>> assume_role(OpContext op, RpcServices services, RpcCall call);
Task<Result<RpcTree>> get_caller_identity(OpContext op, RpcServices services, RpcCall call);

}  // namespace farshore::api::sts
