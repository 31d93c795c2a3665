// SPDX-License-Identifier: Apache-2.0
// Sealing of the directory's secrets.
#include "identity/secret_sealer.h"

#include <algorithm>

#include "base/check.h"
#include "crypto/aead.h"

namespace farshore::identity {
namespace {
constexpr char kFormat = 1;
}

RealmSecretSealer::RealmSecretSealer(Secret realm_key, Random& random) : key_(std::move(realm_key)), random_(random) {
  FS_CHECK(key_.reveal().size() == crypto::kAeadKeySize);
}

Bytes RealmSecretSealer::seal(std::string_view purpose, const Secret& secret) {
  Bytes out(1, kFormat);
  out += random_.bytes(crypto::kAeadNonceSize);
  crypto::AeadNonce nonce;
  std::copy(out.begin() + 1, out.end(), nonce.begin());
  return out + crypto::seal(key_.reveal(), nonce, purpose, secret.reveal());
}

Result<Secret> RealmSecretSealer::open(std::string_view purpose, BytesView sealed) {
  if (sealed.size() < 1 + crypto::kAeadNonceSize || sealed.front() != kFormat) {
    return Error(ErrorCode::kCorrupt, "a sealed secret of no known format");
  }
  crypto::AeadNonce nonce;
  std::copy_n(sealed.begin() + 1, nonce.size(), nonce.begin());
  TRY(Bytes plain, crypto::open(key_.reveal(), nonce, purpose, sealed.substr(1 + nonce.size())));
  return Secret(std::move(plain));
}

}  // namespace farshore::identity
