// SPDX-License-Identifier: Apache-2.0
#include "api/common/rpc_nonces.h"

#include <algorithm>
#include <cstring>

#include "crypto/digest.h"

namespace farshore::api {
namespace {

std::uint64_t key_number(std::string_view key) {
  const auto digest = crypto::sha256(key);
  std::uint64_t number = 0;
  std::memcpy(&number, digest.data(), sizeof number);
  return number;
}

}  // namespace

RpcNonces::Verdict RpcNonces::accept(const AccessKeyId& key, std::string_view nonce, std::int64_t signed_millis, std::int64_t now_millis) {
  while (!by_time_.empty() && by_time_.begin()->first < now_millis - kRpcNonceLifeMillis) drop_oldest();
  // The sizes in front keep "ab"+"c" and "a"+"bc" apart.
  const auto digest = crypto::sha256(std::to_string(key.get().size()) + ":" + key.get() + std::string(nonce));
  Fingerprint fingerprint;
  std::copy_n(digest.begin(), fingerprint.size(), fingerprint.begin());
  if (seen_.contains(fingerprint)) return Verdict::kUsed;
  if (signed_millis <= floor_) return Verdict::kTooOld;
  const std::uint64_t number = key_number(key.get());
  auto& count = per_key_[number];
  if (count >= settings_.nonces_per_key_max) return Verdict::kTooMany;
  ++count;
  seen_.insert(fingerprint);
  by_time_.emplace(signed_millis, Entry{fingerprint, number});
  while (by_time_.size() > settings_.nonces_max) {
    floor_ = std::max(floor_, by_time_.begin()->first);
    drop_oldest();
  }
  return Verdict::kFresh;
}

void RpcNonces::drop_oldest() {
  const auto oldest = by_time_.begin();
  seen_.erase(oldest->second.fingerprint);
  const auto count = per_key_.find(oldest->second.key);
  if (--count->second == 0) per_key_.erase(count);
  by_time_.erase(oldest);
}

}  // namespace farshore::api
