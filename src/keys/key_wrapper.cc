// SPDX-License-Identifier: Apache-2.0
#include "keys/key_wrapper.h"

#include "crypto/aead.h"

namespace farshore::keys {
namespace {

constexpr BytesView kForm("\x01", 1);
constexpr std::size_t kSaltSize = 32;
constexpr std::size_t kWrappedSize = 1 + kSaltSize + kDataKeySize + crypto::kAeadTagSize;

Secret wrapping_key(const RootKey& root, BytesView salt) {
  return crypto::hkdf_sha256(root.secret().reveal(), salt, "farshore data key", crypto::kAeadKeySize);
}

}  // namespace

Task<Result<DataKey>> RootKeyWrapper::create(OpContext, Encryption algorithm, std::string) {
  DataKey key;
  if (algorithm == Encryption::kNone) co_return key;
  if (algorithm != Encryption::kAes256) co_return Error(ErrorCode::kNotImplemented, "this encryption algorithm is not available here");
  key.plain = Secret(random_.bytes(kDataKeySize));
  const Bytes salt = random_.bytes(kSaltSize);
  const Secret wrapping = wrapping_key(root_, salt);
  key.sealing.algorithm = algorithm;
  key.sealing.wrapped_key = Bytes(kForm) + salt + crypto::seal(wrapping.reveal(), crypto::AeadNonce{}, kForm, key.plain.reveal());
  co_return key;
}

Task<Result<Secret>> RootKeyWrapper::open(OpContext, Sealing sealing) {
  if (sealing.algorithm == Encryption::kNone) co_return Secret();
  if (sealing.algorithm != Encryption::kAes256) co_return Error(ErrorCode::kNotImplemented, "this encryption algorithm is not available here");
  const BytesView wrapped = sealing.wrapped_key;
  if (wrapped.size() != kWrappedSize || !wrapped.starts_with(kForm)) co_return Error(ErrorCode::kCorrupt, "a wrapped data key is malformed");
  const Secret wrapping = wrapping_key(root_, wrapped.substr(1, kSaltSize));
  CO_TRY(Bytes plain, crypto::open(wrapping.reveal(), crypto::AeadNonce{}, kForm, wrapped.substr(1 + kSaltSize)));
  co_return Secret(std::move(plain));
}

}  // namespace farshore::keys
