// SPDX-License-Identifier: Apache-2.0
// SecretSealer: how secrets of the directory are kept unreadable at rest.
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "base/secret.h"
#include "runtime/random.h"

namespace farshore::identity {

/// Port: seals secrets for one purpose each (an access key id, "minting <region>"); a sealed secret opens for its own purpose
/// only, so that rows cannot be swapped. The purpose is bound, not hidden. Loop thread only.
class SecretSealer {
 public:
  virtual ~SecretSealer() = default;
  virtual Bytes seal(std::string_view purpose, const Secret& secret) = 0;
  /// Error: kCorrupt if it was changed, belongs to another purpose or another key.
  virtual Result<Secret> open(std::string_view purpose, BytesView sealed) = 0;
};

/// AES-256-GCM under the realm's key.
///   sealed := 01 nonce(12) ciphertext tag(16); the purpose is the additional data
class RealmSecretSealer : public SecretSealer {
 public:
  /// realm_key has 32 bytes (FS_CHECK).
  RealmSecretSealer(Secret realm_key, Random& random);
  Bytes seal(std::string_view purpose, const Secret& secret) override;
  Result<Secret> open(std::string_view purpose, BytesView sealed) override;

 private:
  Secret key_;
  Random& random_;
};

}  // namespace farshore::identity
