// SPDX-License-Identifier: Apache-2.0
#include "cli/s3_signer.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "codec/date.h"
#include "codec/text.h"
#include "crypto/digest.h"

namespace farshore::cli {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kTerminator = "aws4_request";
constexpr std::string_view kService = "s3";
constexpr std::string_view kContentHeader = "x-amz-content-sha256";

using Pairs = std::vector<std::pair<std::string, std::string>>;

Secret derive_key(const Secret& secret, std::string_view day, std::string_view region) {
  const Secret seed("AWS4" + std::string(secret.reveal()));
  crypto::Sha256Digest key = crypto::hmac_sha256(seed.reveal(), day);
  for (const std::string_view step : {region, kService, kTerminator}) key = crypto::hmac_sha256(crypto::view_of(key), step);
  return Secret(std::string(crypto::view_of(key)));
}

Pairs sorted_query(const codec::Query& query) {
  Pairs out;
  for (const codec::QueryItem& item : query.items()) out.emplace_back(codec::percent_encode(item.name), codec::percent_encode(item.value));
  std::ranges::sort(out);
  return out;
}

Pairs sorted_headers(const http::Headers& headers) {
  Pairs out;
  for (const http::HeaderView header : headers) out.emplace_back(codec::to_lower(header.name), std::string(header.value));
  std::ranges::sort(out);
  return out;
}

}  // namespace

void S3Signer::sign(std::string_view method, std::string_view path, const codec::Query& query, http::Headers& headers, std::int64_t now_millis) {
  const std::string timestamp = codec::format_iso_basic(now_millis);
  const std::string day = codec::format_yyyymmdd(now_millis);
  if (day != day_) {
    key_ = derive_key(secret_, day, region_);
    day_ = day;
  }
  headers.set("x-amz-date", timestamp);
  if (!headers.has(kContentHeader)) headers.set(kContentHeader, "UNSIGNED-PAYLOAD");
  std::string canonical = fmt::format("{}\n{}\n", method, path);
  std::string_view between;
  for (const auto& [name, value] : sorted_query(query)) {
    canonical.append(between).append(name).append("=").append(value);
    between = "&";
  }
  canonical += '\n';
  std::string names;
  for (const auto& [name, value] : sorted_headers(headers)) {
    canonical.append(name).append(":").append(value).append("\n");
    names.append(names.empty() ? "" : ";").append(name);
  }
  canonical.append("\n").append(names).append("\n").append(headers.get(kContentHeader));
  const std::string scope = fmt::format("{}/{}/{}/{}", day, region_, kService, kTerminator);
  const crypto::Sha256Digest hashed = crypto::sha256(canonical);
  const std::string text = fmt::format("{}\n{}\n{}\n{}", kAlgorithm, timestamp, scope, codec::hex_encode(crypto::view_of(hashed)));
  const crypto::Sha256Digest signature = crypto::hmac_sha256(key_.reveal(), text);
  headers.set("Authorization",
              fmt::format("{} Credential={}/{},SignedHeaders={},Signature={}", kAlgorithm, access_key_, scope, names, codec::hex_encode(crypto::view_of(signature))));
}

}  // namespace farshore::cli
