// SPDX-License-Identifier: Apache-2.0
#include "crypto/aead.h"

#include <openssl/evp.h>

#include <climits>

#include "base/check.h"
#include "crypto/digest.h"

namespace farshore::crypto {
namespace {

static_assert(kAeadNonceSize == 12, "12 bytes is the cipher's default, so no nonce size is ever set");

const EVP_CIPHER* fetched_aes_256_gcm() {
  static const EVP_CIPHER* const algorithm = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  return algorithm;
}

const unsigned char* in(BytesView bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }
unsigned char* out(char* bytes) { return reinterpret_cast<unsigned char*>(bytes); }

int checked_size(BytesView bytes) {
  FS_CHECK(bytes.size() <= INT_MAX - kAeadTagSize);
  return static_cast<int>(bytes.size());
}

// The context keeps its key, the same for both directions; a message sets direction and nonce.
void begin(EVP_CIPHER_CTX* context, const AeadNonce& nonce, BytesView aad, bool encrypting) {
  FS_CHECK(EVP_CipherInit_ex2(context, nullptr, nullptr, nonce.data(), encrypting ? 1 : 0, nullptr) == 1);
  int written = 0;
  FS_CHECK(aad.empty() || EVP_CipherUpdate(context, nullptr, &written, in(aad), checked_size(aad)) == 1);
}

Error forged() { return Error(ErrorCode::kCorrupt, "sealed bytes do not verify"); }

}  // namespace

void AeadKey::ContextDelete::operator()(evp_cipher_ctx_st* context) const { EVP_CIPHER_CTX_free(context); }

AeadKey::AeadKey(BytesView key) : context_(EVP_CIPHER_CTX_new()) {
  FS_CHECK(key.size() == kAeadKeySize && context_ != nullptr && fetched_aes_256_gcm() != nullptr);
  FS_CHECK(EVP_EncryptInit_ex2(context_.get(), fetched_aes_256_gcm(), in(key), nullptr, nullptr) == 1);
}

Bytes AeadKey::seal(const AeadNonce& nonce, BytesView aad, BytesView plaintext) {
  EVP_CIPHER_CTX* context = context_.get();
  const int size = checked_size(plaintext);
  begin(context, nonce, aad, true);
  Bytes sealed;
  // The count handed to the operation is not used: libstdc++ 12 hands over the capacity instead.
  sealed.resize_and_overwrite(plaintext.size() + kAeadTagSize, [&](char* data, std::size_t) {
    int written = 0;
    FS_CHECK(size == 0 || EVP_EncryptUpdate(context, out(data), &written, in(plaintext), size) == 1);
    FS_CHECK(written == size);
    int more = 0;
    FS_CHECK(EVP_EncryptFinal_ex(context, out(data + size), &more) == 1 && more == 0);
    FS_CHECK(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kAeadTagSize, data + size) == 1);
    return plaintext.size() + kAeadTagSize;
  });
  return sealed;
}

Result<Bytes> AeadKey::open(const AeadNonce& nonce, BytesView aad, BytesView sealed) {
  if (sealed.size() < kAeadTagSize || sealed.size() > INT_MAX) return forged();
  EVP_CIPHER_CTX* context = context_.get();
  const BytesView ciphertext = sealed.substr(0, sealed.size() - kAeadTagSize);
  std::array<char, kAeadTagSize> tag;
  sealed.copy(tag.data(), tag.size(), ciphertext.size());
  const int size = checked_size(ciphertext);
  begin(context, nonce, aad, false);
  FS_CHECK(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, kAeadTagSize, tag.data()) == 1);
  bool genuine = false;
  Bytes plaintext;
  plaintext.resize_and_overwrite(ciphertext.size(), [&](char* data, std::size_t) {
    int written = 0;
    FS_CHECK(size == 0 || EVP_DecryptUpdate(context, out(data), &written, in(ciphertext), size) == 1);
    FS_CHECK(written == size);
    int more = 0;
    genuine = EVP_DecryptFinal_ex(context, out(data + size), &more) == 1;
    return genuine ? ciphertext.size() : 0;
  });
  if (!genuine) return forged();
  return plaintext;
}

Bytes seal(BytesView key, const AeadNonce& nonce, BytesView aad, BytesView plaintext) {
  return AeadKey(key).seal(nonce, aad, plaintext);
}

Result<Bytes> open(BytesView key, const AeadNonce& nonce, BytesView aad, BytesView sealed) {
  return AeadKey(key).open(nonce, aad, sealed);
}

Secret hkdf_sha256(BytesView input_key, BytesView salt, BytesView info, std::size_t size) {
  constexpr std::size_t kDigestSize = sizeof(Sha256Digest);
  FS_CHECK(size <= 255 * kDigestSize);
  const Secret extracted(bytes_of(hmac_sha256(salt, input_key)));
  // Reserved in full, so that no reallocation leaves key material behind.
  std::string output;
  output.reserve(size + kDigestSize);
  Bytes block;
  for (unsigned counter = 1; output.size() < size; ++counter) {
    block += info;
    block += static_cast<char>(counter);
    block = bytes_of(hmac_sha256(extracted.reveal(), block));
    output += block;
  }
  output.resize(size);
  return Secret(std::move(output));
}

}  // namespace farshore::crypto
