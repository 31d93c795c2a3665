// SPDX-License-Identifier: Apache-2.0
// Marker and MaxItems, and what is left out of the part of RAM that is built.
#pragma once

#include <cstddef>
#include <string_view>

#include "api/common/rpc_action.h"
#include "identity/directory.h"

namespace farshore::api::ram {

// Rule: RAM, "Pagination": MaxItems from 1 to 1,000, by default 100.
inline constexpr std::size_t kItemsMax = 1000;
inline constexpr std::size_t kItemsDefault = 100;

/// Error: kInvalidParameter, field MaxItems.
Result<identity::PageRequest> page_of(const RpcParameters& parameters);
/// IsTruncated, and Marker only if there is more.
void add_page_end(RpcTree& result, std::string_view next_marker);
/// kNotImplemented if a parameter, or a member of its list, carries something: it is never dropped in silence.
Result<void> refuse_unbuilt(const RpcParameters& parameters, std::string_view name);

}  // namespace farshore::api::ram
