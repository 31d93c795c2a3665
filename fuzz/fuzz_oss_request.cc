// SPDX-License-Identifier: Apache-2.0
// Any bytes as an OSS request: host, target, headers. Nothing crashes, what is resolved is valid, what the signer signs verifies.
//
//   input := method LF host LF path LF query LF (name ':' value LF)* LF body
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "api/oss/address.h"
#include "api/oss/conditions.h"
#include "api/oss/copy_source.h"
#include "api/oss/multipart.h"
#include "api/oss/operation.h"
#include "api/oss/replication_xml.h"
#include "api/oss/sign.h"
#include "api/oss/signature.h"
#include "api/oss/tagging.h"
#include "base/check.h"
#include "model/bucket.h"

namespace oss = farshore::api::oss;
namespace codec = farshore::codec;
namespace http = farshore::http;

namespace {

constexpr std::int64_t kNow = 1704164645000;

std::string_view next_line(std::string_view& rest) {
  const std::size_t end = rest.find('\n');
  const std::string_view line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return line;
}

farshore::api::Endpoints endpoints() {
  farshore::api::Endpoints made;
  made.here = farshore::RegionId("cn-fs1");
  made.regions = {{farshore::RegionId("cn-fs1"), {"oss-cn-fs1.example.net"}, "", ""}};
  made.cnames.emplace("pictures.example.org", farshore::BucketName("photos"));
  return made;
}

http::Request read_request(std::string_view& rest) {
  http::Request request;
  request.method = next_line(rest);
  request.host = next_line(rest);
  request.raw_path = "/" + std::string(next_line(rest));
  request.raw_query = next_line(rest);
  while (true) {
    const std::string_view line = next_line(rest);
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return request;
    request.headers.add(line.substr(0, colon), line.substr(colon + 1));
  }
}

void check_signing(const http::Request& request, const codec::Query& query, const oss::Address& address) {
  const farshore::Secret secret("fuzz");
  oss::SignatureVerifier verifier;
  if (const auto claim = oss::read_claim(request, query)) {
    (void)oss::check_claim(*claim, "cn-fs1", kNow);
    (void)verifier.verify(*claim, {request.method, address.bucket.get(), address.key.get(), query, request.headers}, secret);
  }
  for (const oss::SignatureVersion version : {oss::SignatureVersion::kV1, oss::SignatureVersion::kV4}) {
    http::Request signed_request;
    for (const http::HeaderView header : request.headers) signed_request.headers.add(header.name, header.value);
    for (const char* name : {"Authorization", "Date", "x-oss-date", "x-oss-security-token", "security-token"}) signed_request.headers.remove(name);
    oss::Signer signer({"LTAI", secret, std::nullopt}, "cn-fs1", version);
    signer.sign({request.method, address.bucket.get(), address.key.get()}, query, signed_request.headers, kNow);
    const auto claim = oss::read_claim(signed_request, query);
    if (!claim) continue;  // the query holds a second signature
    FS_CHECK(oss::check_claim(*claim, "cn-fs1", kNow).has_value());
    FS_CHECK(verifier.verify(*claim, {request.method, address.bucket.get(), address.key.get(), query, signed_request.headers}, secret).has_value());
  }
}

void check_documents(std::string_view body) {
  (void)oss::read_replication_rule(body);
  (void)oss::read_rule_removal(body);
  (void)oss::read_tagging(body);
  (void)oss::read_parts(body);
  (void)oss::read_tagging_header(body);
  if (const auto source = oss::read_copy_source(body)) FS_CHECK(farshore::valid_object_key(source->ref.key.get()));
}

void check_range(std::string_view header) {
  for (const bool standard : {false, true}) {
    const auto answer = oss::read_range(header, standard, 1000);
    if (answer) FS_CHECK(answer->range.offset + answer->range.length <= 1000 && answer->range.length > 0);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const farshore::api::Endpoints known = endpoints();
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const http::Request request = read_request(rest);
  check_range(request.headers.get("Range"));
  check_documents(rest);
  const auto query = codec::Query::parse(request.raw_query);
  const auto address = oss::resolve_address(known, request.host, request.raw_path);
  if (!query || !address) return 0;
  FS_CHECK(address->is_service() || farshore::valid_bucket_name(address->bucket.get()));
  FS_CHECK(!address->is_object() || (farshore::valid_object_key(address->key.get()) && !address->is_service()));
  const oss::Scope scope = address->is_service() ? oss::Scope::kService : address->is_object() ? oss::Scope::kObject : oss::Scope::kBucket;
  (void)oss::find_operation(request.method, scope, *query, request.headers.has("x-oss-copy-source"));
  check_signing(request, *query, *address);
  return 0;
}
