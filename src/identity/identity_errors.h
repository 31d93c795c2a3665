// SPDX-License-Identifier: Apache-2.0
// The errors that all directory operations share. The public code is "<code>.<Entity>" or "InvalidParameter.<Field>.<Reason>".
#pragma once

#include <string_view>

#include "base/error.h"

namespace farshore::identity {

/// entity: "Role", "Role.Policy", "Policy.Version", …
Error no_such(std::string_view entity, std::string_view name);
Error already_there(std::string_view entity, std::string_view name);
Error in_use(std::string_view entity, std::string_view message);
Error over_limit(std::string_view entity, std::size_t limit);
/// reason: "InvalidChars", "Length", "Format", or empty.
Error bad_parameter(std::string_view field, std::string_view reason, std::string_view message);

}  // namespace farshore::identity
