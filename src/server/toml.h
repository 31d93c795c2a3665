// SPDX-License-Identifier: Apache-2.0
// toml++ with its assertions as exceptions: version 3.3 asserts on some malformed texts, which must refuse a file and not end the process.
#pragma once

#include <stdexcept>

#define TOML_ASSERT(expr) (static_cast<bool>(expr) ? static_cast<void>(0) : throw std::runtime_error("this is no TOML"))
#include <toml++/toml.h>
