// SPDX-License-Identifier: Apache-2.0
#include "crypto/equal.h"

#include <openssl/crypto.h>

namespace farshore::crypto {

bool equal_constant_time(BytesView a, BytesView b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace farshore::crypto
