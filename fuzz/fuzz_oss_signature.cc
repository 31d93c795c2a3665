// SPDX-License-Identifier: Apache-2.0
// Signatures and presigned URLs of OSS, versions 1 and 4: any claim is read without harm, what the signer signs verifies, and what is
// covered cannot be changed.
//
//   input := group(1) form(1) method LF key LF query LF (name ':' value LF)* LF rest
#include <cstdint>
#include <string>

#include "api/oss/sign.h"
#include "api/oss/signature.h"
#include "base/check.h"
#include "codec/text.h"
#include "fuzz/input.h"

namespace oss = farshore::api::oss;
namespace codec = farshore::codec;
namespace http = farshore::http;

namespace {

using farshore::Secret;

constexpr std::int64_t kNow = 1704164645000;
constexpr std::string_view kBucket = "photos";

struct Fields {
  http::Request request;
  std::string key;
  codec::Query query;
};

std::optional<Fields> read_fields(farshore::fuzz::Input& input) {
  Fields fields;
  fields.request.method = input.line();
  fields.key = input.line();
  auto query = codec::Query::parse(input.line());
  if (!query) return std::nullopt;
  fields.query = *std::move(query);
  for (auto line = input.line(); !line.empty(); line = input.line()) {
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos && colon > 0) fields.request.headers.add(codec::trim(line.substr(0, colon)), codec::trim(line.substr(colon + 1)));
  }
  return fields;
}

/// Whether a request signed as it stands carries a right signature.
bool verifies(const Fields& fields, const oss::Claim& claim, const Secret& secret) {
  static oss::SignatureVerifier& verifier = *new oss::SignatureVerifier();
  return verifier.verify(claim, {fields.request.method, kBucket, fields.key, fields.query, fields.request.headers}, secret).has_value();
}

void check_any(const Fields& fields) {
  const auto claim = oss::read_claim(fields.request, fields.query);
  if (!claim) {
    FS_CHECK(claim.error().code() != farshore::ErrorCode::kInternalError);
    return;
  }
  FS_CHECK(claim->scheme != oss::Scheme::kAnonymous || claim->signature.empty());
  static_cast<void>(oss::check_claim(*claim, "cn-fs1", kNow));
  const Secret secret("a secret that the fuzzer does not know");
  FS_CHECK(claim->scheme == oss::Scheme::kAnonymous || !verifies(fields, *claim, secret));
}

/// Leaves nothing that would make the request signed twice.
bool strip(Fields& fields) {
  for (const char* name : {"Authorization", "Date", "x-oss-date", "x-oss-security-token", "security-token"}) fields.request.headers.remove(name);
  for (const auto& item : fields.query.items()) {
    for (const char* name : {"Signature", "OSSAccessKeyId", "Expires", "security-token", "AWSAccessKeyId", "X-Amz-Algorithm"}) {
      if (item.name == name) return false;
    }
    if (item.name.starts_with("x-oss-")) return false;
  }
  return true;
}

/// Changes something that the signature covers. False if there is nothing to change that way.
bool tamper(farshore::fuzz::Input& input, Fields& fields) {
  switch (input.below(5)) {
    case 0: fields.request.method += "X"; return true;
    case 1: fields.key += "x"; return true;
    case 2: fields.request.headers.add("x-oss-forbid-overwrite", "true"); return true;
    case 3:
      if (fields.query.has("acl")) return false;
      fields.query.add("acl");
      return true;
    default:
      if (fields.request.headers.has("Content-Type")) return false;
      fields.request.headers.add("Content-Type", "x/y");
      return true;
  }
}

void check_signed(farshore::fuzz::Input& input, Fields fields, std::uint8_t form) {
  if (!strip(fields)) return;
  const bool v4 = (form & 1) != 0;
  const bool url = (form & 2) != 0;
  const Secret secret("secret");
  std::optional<std::string> token;
  if ((form & 4) != 0) token = "CAIS" + codec::base64_encode(fields.key);
  oss::Signer signer({"LTAI", secret, token}, "cn-fs1", v4 ? oss::SignatureVersion::kV4 : oss::SignatureVersion::kV1);
  const oss::OutgoingRequest outgoing{fields.request.method, kBucket, fields.key};
  if (url) {
    signer.presign(outgoing, fields.query, fields.request.headers, kNow, std::chrono::seconds(600));
    const auto sent = codec::Query::parse(fields.query.text());  // as it travels
    FS_CHECK(sent && *sent == fields.query);
  } else {
    signer.sign(outgoing, fields.query, fields.request.headers, kNow);
  }
  const auto claim = oss::read_claim(fields.request, fields.query);
  FS_CHECK(claim.has_value() && claim->is_url() == url && claim->access_key == "LTAI" && claim->token == token);
  FS_CHECK(oss::check_claim(*claim, "cn-fs1", kNow).has_value() && verifies(fields, *claim, secret));
  FS_CHECK(!verifies(fields, *claim, Secret("Secret")));
  FS_CHECK(!oss::check_claim(*claim, "cn-fs1", kNow + 3600 * 1000).has_value());
  if (v4) FS_CHECK(!oss::check_claim(*claim, "cn-fs2", kNow).has_value());
  if (!tamper(input, fields)) return;
  const auto changed = oss::read_claim(fields.request, fields.query);
  FS_CHECK(!changed || !verifies(fields, *changed, secret));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  farshore::fuzz::Input input(data, size);
  const bool any = input.flag();
  const std::uint8_t form = input.byte();
  auto fields = read_fields(input);
  if (!fields) return 0;
  if (any) {
    check_any(*fields);
  } else {
    check_signed(input, *std::move(fields), form);
  }
  return 0;
}
