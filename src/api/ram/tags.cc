// SPDX-License-Identifier: Apache-2.0
// Tags of roles and policies: none can be set yet, and the published tools ask.
#include "api/ram/ram_actions.h"

namespace farshore::api::ram {

// Rule: RAM, ListTagResources: TagResources is a flat list.
Task<Result<RpcTree>> list_tag_resources(OpContext, RpcServices, RpcCall) { co_return RpcTree().flat_list("TagResources", {}); }

}  // namespace farshore::api::ram
