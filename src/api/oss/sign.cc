// SPDX-License-Identifier: Apache-2.0
#include "api/oss/sign.h"

#include "api/oss/signing_text.h"
#include "codec/date.h"
#include "codec/text.h"
#include "crypto/digest.h"

namespace farshore::api::oss {

std::string Signer::v4_signature(const OutgoingRequest& request, const codec::Query& query, const http::Headers& headers, std::string_view timestamp,
                                 std::string_view day) {
  const SignedRequest covered{request.method, request.bucket, request.key, query, headers};
  const std::string text = v4_string_to_sign(timestamp, v4_scope(day, region_, kV4Product), v4_canonical_request(covered, {}, EmptyValue::kNameOnly));
  const Secret& key = keys_.get(credential_.access_key, credential_.secret, day, region_, kV4Product);
  const crypto::Sha256Digest digest = crypto::hmac_sha256(key.reveal(), text);
  return codec::hex_encode(crypto::view_of(digest));
}

std::string Signer::v1_signature(const OutgoingRequest& request, const codec::Query& query, const http::Headers& headers, std::string_view date) const {
  const SignedRequest covered{request.method, request.bucket, request.key, query, headers};
  const crypto::Sha1Digest digest = crypto::hmac_sha1(credential_.secret.reveal(), v1_string_to_sign(covered, date, V1Coverage::kListed));
  return codec::base64_encode(crypto::view_of(digest));
}

void Signer::sign(const OutgoingRequest& request, const codec::Query& query, http::Headers& headers, std::int64_t now_millis) {
  if (credential_.token) headers.set("x-oss-security-token", *credential_.token);
  if (version_ == SignatureVersion::kV1) {
    const std::string date = codec::format_rfc1123(now_millis);
    headers.set("Date", date);
    headers.set("Authorization", "OSS " + credential_.access_key + ":" + v1_signature(request, query, headers, date));
    return;
  }
  const std::string timestamp = codec::format_iso_basic(now_millis);
  const std::string day = codec::format_yyyymmdd(now_millis);
  headers.set("x-oss-date", timestamp);
  headers.set("x-oss-content-sha256", kUnsignedPayload);
  std::string value(kV4Algorithm);
  value.append(" Credential=").append(credential_.access_key).append("/").append(v4_scope(day, region_, kV4Product));
  value.append(",Signature=").append(v4_signature(request, query, headers, timestamp, day));
  headers.set("Authorization", value);
}

void Signer::presign(const OutgoingRequest& request, codec::Query& query, const http::Headers& headers, std::int64_t now_millis,
                     std::chrono::seconds lifetime) {
  if (version_ == SignatureVersion::kV1) {
    const std::string expires = std::to_string(now_millis / 1000 + lifetime.count());
    if (credential_.token) query.add("security-token", *credential_.token);
    const std::string signature = v1_signature(request, query, headers, expires);
    query.add("OSSAccessKeyId", credential_.access_key).add("Expires", expires).add("Signature", signature);
    return;
  }
  const std::string timestamp = codec::format_iso_basic(now_millis);
  const std::string day = codec::format_yyyymmdd(now_millis);
  query.add("x-oss-signature-version", kV4Algorithm).add("x-oss-credential", credential_.access_key + "/" + v4_scope(day, region_, kV4Product));
  query.add("x-oss-date", timestamp).add("x-oss-expires", std::to_string(lifetime.count()));
  if (credential_.token) query.add("x-oss-security-token", *credential_.token);
  query.add("x-oss-signature", v4_signature(request, query, headers, timestamp, day));
}

}  // namespace farshore::api::oss
