// SPDX-License-Identifier: Apache-2.0
#include "api/oss/signing_key.h"

#include "api/oss/signing_text.h"
#include "crypto/digest.h"
#include "crypto/equal.h"

namespace farshore::api::oss {

Secret derive_v4_key(const Secret& secret, std::string_view day, std::string_view region, std::string_view product) {
  const Secret seed("aliyun_v4" + std::string(secret.reveal()));
  crypto::Sha256Digest key = crypto::hmac_sha256(seed.reveal(), day);
  for (const std::string_view step : {region, product, kV4Terminator}) key = crypto::hmac_sha256(crypto::view_of(key), step);
  return Secret(std::string(crypto::view_of(key)));
}

const Secret& SigningKeys::get(std::string_view access_key, const Secret& secret, std::string_view day, std::string_view region, std::string_view product) {
  std::string name;
  name.reserve(access_key.size() + day.size() + region.size() + product.size() + 3);
  name.append(access_key).append("/").append(day).append("/").append(region).append("/").append(product);
  const auto found = entries_.find(name);
  if (found != entries_.end() && crypto::equal_constant_time(found->second.secret.reveal(), secret.reveal())) return found->second.key;
  // Days end and sessions are many: starting over is rarer than once in kEntriesMax callers, and needs no bookkeeping per hit.
  if (found == entries_.end() && entries_.size() >= kEntriesMax) entries_.clear();
  Entry entry{secret, derive_v4_key(secret, day, region, product)};
  return entries_.insert_or_assign(std::move(name), std::move(entry)).first->second.key;
}

}  // namespace farshore::api::oss
