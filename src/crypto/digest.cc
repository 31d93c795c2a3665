// SPDX-License-Identifier: Apache-2.0
#include "crypto/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>

#include "base/check.h"

namespace farshore::crypto {
namespace {

// Looking an algorithm up by name costs more than a small digest, so each is fetched once and kept.
const EVP_MD* fetched_md5() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "MD5", nullptr);
  return algorithm;
}
const EVP_MD* fetched_sha1() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  return algorithm;
}
const EVP_MD* fetched_sha256() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}

void start(EVP_MD_CTX* context, const EVP_MD* algorithm) {
  FS_CHECK(algorithm != nullptr && EVP_DigestInit_ex2(context, algorithm, nullptr) == 1);
}

void add(EVP_MD_CTX* context, BytesView bytes) { FS_CHECK(EVP_DigestUpdate(context, bytes.data(), bytes.size()) == 1); }

template <class Digest>
Digest finish_into(EVP_MD_CTX* context) {
  Digest digest;
  unsigned size = 0;
  FS_CHECK(EVP_DigestFinal_ex(context, digest.data(), &size) == 1 && size == digest.size());
  return digest;
}

detail::DigestContext new_context() {
  detail::DigestContext context(EVP_MD_CTX_new());
  FS_CHECK(context != nullptr);
  return context;
}

template <class Digest>
Digest digest_of(const EVP_MD* algorithm, BytesView bytes) {
  const detail::DigestContext context = new_context();
  start(context.get(), algorithm);
  add(context.get(), bytes);
  return finish_into<Digest>(context.get());
}

// RFC 2104 spelled out over one context: the general MAC interface spends most of a short message on parameters.
template <class Digest>
Digest hmac(const EVP_MD* algorithm, BytesView key, BytesView message) {
  constexpr std::size_t kBlockSize = 64;  // of MD5, SHA-1 and SHA-256 alike
  std::array<std::uint8_t, kBlockSize> block{};
  const detail::DigestContext context = new_context();
  if (key.size() > kBlockSize) {
    start(context.get(), algorithm);
    add(context.get(), key);
    const auto shortened = finish_into<Digest>(context.get());
    std::ranges::copy(shortened, block.begin());
  } else {
    std::ranges::copy(key, block.begin());
  }
  for (auto& byte : block) byte ^= 0x36;
  start(context.get(), algorithm);
  add(context.get(), view_of(block));
  add(context.get(), message);
  const auto inner = finish_into<Digest>(context.get());
  for (auto& byte : block) byte ^= 0x36 ^ 0x5c;
  start(context.get(), algorithm);
  add(context.get(), view_of(block));
  add(context.get(), view_of(inner));
  OPENSSL_cleanse(block.data(), block.size());
  return finish_into<Digest>(context.get());
}

}  // namespace

void detail::DigestContextDelete::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Md5Digest md5(BytesView bytes) { return digest_of<Md5Digest>(fetched_md5(), bytes); }
Sha1Digest sha1(BytesView bytes) { return digest_of<Sha1Digest>(fetched_sha1(), bytes); }
Sha256Digest sha256(BytesView bytes) { return digest_of<Sha256Digest>(fetched_sha256(), bytes); }

Sha1Digest hmac_sha1(BytesView key, BytesView message) { return hmac<Sha1Digest>(fetched_sha1(), key, message); }
Sha256Digest hmac_sha256(BytesView key, BytesView message) {
  return hmac<Sha256Digest>(fetched_sha256(), key, message);
}

Md5::Md5() : context_(new_context()) { start(context_.get(), fetched_md5()); }
void Md5::update(BytesView bytes) { add(context_.get(), bytes); }
Md5Digest Md5::finish() {
  const auto digest = finish_into<Md5Digest>(context_.get());
  start(context_.get(), fetched_md5());
  return digest;
}

Sha256::Sha256() : context_(new_context()) { start(context_.get(), fetched_sha256()); }
void Sha256::update(BytesView bytes) { add(context_.get(), bytes); }
Sha256Digest Sha256::finish() {
  const auto digest = finish_into<Sha256Digest>(context_.get());
  start(context_.get(), fetched_sha256());
  return digest;
}

}  // namespace farshore::crypto
