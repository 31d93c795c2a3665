// SPDX-License-Identifier: Apache-2.0
// What all listings share: page sizes, and keys that are percent-encoded where the client asked for it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "api/oss/call.h"

namespace farshore::api::oss {

/// A page size from 1 to 1,000. Error: kInvalidArgument.
Result<std::size_t> page_size(const Call& call, std::string_view parameter, std::size_t fallback);

/// A prefix, marker or delimiter; empty if absent. Error: kInvalidArgument for one longer than any key.
Result<std::string> list_parameter(const Call& call, std::string_view name);

/// encoding-type=url. Error: kInvalidArgument for another type.
Result<bool> wants_url_encoding(const Call& call);

/// A key, prefix or marker as a listing shows it. Clients decode like forms do, so a blank is %20 and '+' is %2B.
std::string listed(std::string_view text, bool encode);

}  // namespace farshore::api::oss
