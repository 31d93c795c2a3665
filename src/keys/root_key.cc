// SPDX-License-Identifier: Apache-2.0
#include "keys/root_key.h"

namespace farshore::keys {

Result<RootKey> RootKey::from(Secret bytes) {
  if (bytes.reveal().size() != kRootKeySize) return Error(ErrorCode::kInvalidArgument, "a root key has exactly 32 bytes");
  return RootKey(std::move(bytes));
}

}  // namespace farshore::keys
