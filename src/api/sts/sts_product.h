// SPDX-License-Identifier: Apache-2.0
// The STS product: version 2015-04-01.
#pragma once

#include "api/common/rpc_action.h"

namespace farshore::api::sts {

/// The table of STS actions. The rows live as long as the program.
RpcProduct product();

}  // namespace farshore::api::sts
