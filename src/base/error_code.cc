// SPDX-License-Identifier: Apache-2.0
#include "base/error_code.h"

namespace farshore {

std::string_view error_code_name(ErrorCode code) {
  switch (code) {
#define X(name) \
  case ErrorCode::k##name: return #name;
    FS_ERROR_CODES(X)
#undef X
  }
  return "InternalError";
}

ErrorCode error_code_named(std::string_view name) {
#define X(code) \
  if (name == #code) return ErrorCode::k##code;
  FS_ERROR_CODES(X)
#undef X
  return ErrorCode::kInternalError;
}

}  // namespace farshore
