// SPDX-License-Identifier: Apache-2.0
// The policies that every account has and nobody can change.
#pragma once

#include <vector>

#include "identity/directory_rows.h"

namespace farshore::identity {

/// By name. Sources: RAM, "System policies".
std::vector<PolicyEntry> system_policies();

}  // namespace farshore::identity
