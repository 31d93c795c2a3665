// SPDX-License-Identifier: Apache-2.0
// The RAM product: every action of version 2015-05-01, by name.
#pragma once

#include "api/common/rpc_action.h"

namespace farshore::api::ram {

/// The table of RAM actions. The rows live as long as the program.
RpcProduct product();

}  // namespace farshore::api::ram
