// SPDX-License-Identifier: Apache-2.0
#include "api/admin/admin_signature.h"

#include <optional>

#include "api/oss/signing_text.h"
#include "codec/date.h"
#include "codec/text.h"
#include "crypto/digest.h"
#include "crypto/equal.h"

namespace farshore::api::admin {
namespace {

/// What the Authorization header says; views into it.
struct OperatorClaim {
  std::string_view access_key, day, region, signature;
};

Error malformed(std::string_view what) {
  return Error(ErrorCode::kInvalidArgument, "the Authorization header's " + std::string(what) + " is malformed; see docs/operating/admin.md");
}

Result<OperatorClaim> read_claim(std::string_view header) {
  if (!header.starts_with(oss::kV4Algorithm)) return malformed("algorithm");
  OperatorClaim claim;
  for (std::string_view field : codec::split(header.substr(oss::kV4Algorithm.size()), ',')) {
    field = codec::trim(field);
    if (field.starts_with("Credential=")) {
      const auto parts = codec::split(field.substr(11), '/');
      if (parts.size() != 5 || parts[3] != kAdminProduct || parts[4] != oss::kV4Terminator) return malformed("credential");
      claim.access_key = parts[0];
      claim.day = parts[1];
      claim.region = parts[2];
    } else if (field.starts_with("Signature=")) {
      claim.signature = field.substr(10);
    } else {
      return malformed("field");
    }
  }
  if (claim.access_key.empty() || claim.signature.empty()) return malformed("content");
  return claim;
}

/// The path as the signed bucket and key: "/-/admin/x" is key "admin/x" of bucket "-".
struct SignedPath {
  std::string_view bucket;
  std::string key;
};
SignedPath split_path(std::string_view raw) {
  raw.remove_prefix(raw.starts_with('/') ? 1 : 0);
  const std::size_t slash = raw.find('/');
  if (slash == std::string_view::npos) return {raw, ""};
  // An escape that cannot be decoded stays as it is: it matches no route, and no signature of ours.
  return {raw.substr(0, slash), codec::percent_decode(raw.substr(slash + 1)).value_or(std::string(raw.substr(slash + 1)))};
}

std::string signature_of(std::string_view method, std::string_view raw_path, const codec::Query& query, const http::Headers& headers,
                         std::string_view timestamp, std::string_view scope, const Secret& key) {
  const SignedPath path = split_path(raw_path);
  const oss::SignedRequest covered{method, path.bucket, path.key, query, headers};
  const std::string text = oss::v4_string_to_sign(timestamp, scope, oss::v4_canonical_request(covered, {}, oss::EmptyValue::kNameOnly));
  return codec::hex_encode(crypto::bytes_of(crypto::hmac_sha256(key.reveal(), text)));
}

Error mismatch() {
  return Error(ErrorCode::kSignatureDoesNotMatch,
               "the signature does not match: the operator key is another one, or the request was changed on its way");
}

}  // namespace

void sign_admin(http::ClientRequest& request, std::string_view path, const codec::Query& query, const Secret& secret, const RegionId& region,
                std::int64_t now_millis) {
  const std::string day = codec::format_yyyymmdd(now_millis);
  const std::string timestamp = codec::format_iso_basic(now_millis);
  const std::string scope = oss::v4_scope(day, region.get(), kAdminProduct);
  request.target = std::string(path) + (query.empty() ? "" : "?" + query.text());
  request.headers.set("x-oss-date", timestamp);
  request.headers.set("x-oss-content-sha256", codec::hex_encode(crypto::bytes_of(crypto::sha256(request.bytes.view()))));
  const Secret key = oss::derive_v4_key(secret, day, region.get(), kAdminProduct);
  const std::string signature = signature_of(request.method, path, query, request.headers, timestamp, scope, key);
  std::string header(oss::kV4Algorithm);
  header.append(" Credential=").append(kOperatorKeyId).append("/").append(scope).append(",Signature=").append(signature);
  request.headers.set("Authorization", header);
}

Result<void> AdminVerifier::verify(const http::Request& request, const codec::Query& query, BytesView body, std::int64_t now) {
  if (secret_.empty()) return Error(ErrorCode::kAccessDenied, "this region has no operator key, so it takes no operator's requests");
  const auto header = request.headers.find("Authorization");
  if (!header) return Error(ErrorCode::kAccessDenied, "the request must be signed with the operator key");
  TRY(const OperatorClaim claim, read_claim(codec::trim(*header)));
  if (claim.access_key != kOperatorKeyId) return Error(ErrorCode::kAccessDenied, "only the operator may do this");
  if (claim.region != region_.get()) {
    return Error(ErrorCode::kInvalidArgument, "the request is signed for another region").with("signing_region", region_.get());
  }
  const std::string timestamp(codec::trim(request.headers.get("x-oss-date")));
  const auto at = codec::parse_iso_basic(timestamp);
  if (!at || codec::format_yyyymmdd(*at) != claim.day) return malformed("date");
  if (*at - now > kAdminSkewMillisMax || now - *at > kAdminSkewMillisMax) {
    return Error(ErrorCode::kRequestTimeTooSkewed, "the request's time is more than 15 minutes from the server's: set the clocks")
        .with("server_time", codec::format_iso_seconds(now))
        .with("request_time", codec::format_iso_seconds(*at));
  }
  const Secret& key = keys_.get(kOperatorKeyId, secret_, claim.day, claim.region, kAdminProduct);
  const std::string scope = oss::v4_scope(claim.day, claim.region, kAdminProduct);
  const std::string expected = signature_of(request.method, request.raw_path, query, request.headers, timestamp, scope, key);
  if (!crypto::equal_constant_time(expected, claim.signature)) return mismatch();
  const std::string digest = codec::hex_encode(crypto::bytes_of(crypto::sha256(body)));
  if (codec::trim(request.headers.get("x-oss-content-sha256")) != digest) {
    return Error(ErrorCode::kInvalidDigest, "x-oss-content-sha256 is not the digest of the body");
  }
  if (request.method == "GET") return {};
  if (seen_.accept(AccessKeyId(std::string(kOperatorKeyId)), claim.signature, *at, now) != RpcNonces::Verdict::kFresh) {
    return Error(ErrorCode::kInvalidRequest, "this very request was made before; sign a new one").with_retry(Retry::kAfterRefresh);
  }
  return {};
}

}  // namespace farshore::api::admin
