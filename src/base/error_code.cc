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

}  // namespace farshore
