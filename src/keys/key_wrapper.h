// SPDX-License-Identifier: Apache-2.0
// KeyWrapper: makes data keys and gives them back from their wrapped form. RootKeyWrapper does so under the region's root key.
#pragma once

#include <string>

#include "base/result.h"
#include "base/secret.h"
#include "keys/root_key.h"
#include "model/version.h"
#include "runtime/op_context.h"
#include "runtime/random.h"
#include "runtime/task.h"

namespace farshore::keys {

inline constexpr std::size_t kDataKeySize = 32;

/// A fresh data key with what is stored beside the content to get it back. `plain` is empty for Encryption::kNone.
struct DataKey {
  Secret plain;
  Sealing sealing;
};

/// Port: who wraps data keys. Loop thread only; owned by the composition root.
class KeyWrapper {
 public:
  virtual ~KeyWrapper() = default;
  /// A new random data key, wrapped as the algorithm asks. `kms_key_id` matters for kKms alone.
  /// Errors: kNotImplemented for an algorithm this wrapper does not serve.
  virtual Task<Result<DataKey>> create(OpContext op, Encryption algorithm, std::string kms_key_id) = 0;
  /// The data key behind a sealing; empty for kNone.
  /// Errors: kCorrupt: wrapped under another key or damaged; kNotImplemented as above.
  virtual Task<Result<Secret>> open(OpContext op, Sealing sealing) = 0;
};

/// Serves kNone and kAes256.
///
///   wrapped := form(1) salt(32) sealed(32 + 16)      form: 01
///   sealed  := AES-256-GCM(HKDF-SHA256(root key, salt, "farshore data key"), nonce 0, aad form, data key)
///
/// A salt per wrapping makes every wrapping key single-use, so that no number of objects wears out the root key.
class RootKeyWrapper : public KeyWrapper {
 public:
  RootKeyWrapper(RootKey root, Random& random) : root_(std::move(root)), random_(random) {}
  Task<Result<DataKey>> create(OpContext op, Encryption algorithm, std::string kms_key_id) override;
  Task<Result<Secret>> open(OpContext op, Sealing sealing) override;

 private:
  RootKey root_;
  Random& random_;
};

}  // namespace farshore::keys
