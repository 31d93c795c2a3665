// SPDX-License-Identifier: Apache-2.0
// Comparison of secrets without a timing trace.
#pragma once

#include "base/bytes.h"

namespace farshore::crypto {

/// True if both hold the same bytes. The time depends on the sizes alone; sizes are not secret.
bool equal_constant_time(BytesView a, BytesView b);

}  // namespace farshore::crypto
