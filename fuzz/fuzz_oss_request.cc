// SPDX-License-Identifier: Apache-2.0
// Any bytes as an OSS request: host, target, headers. Nothing crashes, and what is resolved is valid.
//
//   input := size(8) method LF host LF path LF query LF (name ':' value LF)* LF copy-source
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "api/oss/address.h"
#include "api/oss/conditions.h"
#include "api/oss/copy_source.h"
#include "api/oss/operation.h"
#include "base/check.h"
#include "fuzz/input.h"
#include "model/bucket.h"

namespace oss = farshore::api::oss;
namespace codec = farshore::codec;
namespace http = farshore::http;

namespace {

farshore::api::Endpoints endpoints(bool catch_all) {
  farshore::api::Endpoints made;
  made.here = farshore::RegionId("cn-fs1");
  made.regions = {{farshore::RegionId("cn-fs1"), {"oss-cn-fs1.example.net"}, "", ""}, {farshore::RegionId("cn-fs2"), {"oss-cn-fs2.example.net"}, "", ""}};
  made.cnames.emplace("pictures.example.org", farshore::BucketName("photos"));
  made.catch_all = catch_all;
  return made;
}

/// Also by another way: what lies in the range is what the header's own arithmetic says.
void check_range(std::string_view header, std::uint64_t size) {
  const auto lenient = oss::read_range(header, false, size);
  FS_CHECK(lenient.has_value());
  const auto standard = oss::read_range(header, true, size);
  for (const auto* answer : {&lenient, &standard}) {
    if (!*answer) continue;
    const auto& range = (*answer)->range;
    FS_CHECK(range.offset <= size && range.length <= size - range.offset);
    FS_CHECK((*answer)->partial ? range.length > 0 : range.length == size);
  }
  if (!standard) FS_CHECK(!lenient->partial);
}

void check_conditions(const http::Headers& headers) {
  farshore::Version version;
  version.etag = "5EB63BBBE01EEED093CB22BB8F5ACDC3";
  version.last_modified_millis = 1704164645000;
  const oss::Conditions all{headers.find("If-Match"), headers.find("If-None-Match"), headers.find("If-Modified-Since"), headers.find("If-Unmodified-Since")};
  const auto judged = oss::check_conditions(all, version);
  if (!all.any()) FS_CHECK(judged.has_value());
  // A condition and its counterpart never hold both.
  if (all.if_match) {
    FS_CHECK(oss::check_conditions({all.if_match, {}, {}, {}}, version).has_value() != oss::check_conditions({{}, all.if_match, {}, {}}, version).has_value());
  }
}

void check_address(const farshore::api::Endpoints& known, const http::Request& request, const codec::Query& query) {
  const auto address = oss::resolve_address(known, request.host, request.raw_path);
  if (!address) return;
  FS_CHECK(address->is_service() || farshore::valid_bucket_name(address->bucket.get()));
  FS_CHECK(!address->is_object() || (farshore::valid_object_key(address->key.get()) && !address->is_service()));
  FS_CHECK(known.find(address->region.get()) != nullptr);
  if (!address->is_service()) {
    const std::string path = "/" + address->bucket.get() + "/" + codec::percent_encode(address->key.get(), true);
    const auto again = oss::resolve_address(known, "127.0.0.1", path);
    FS_CHECK(again.has_value() && again->bucket == address->bucket && again->key == address->key);
  }
  const oss::Scope scope = address->is_service() ? oss::Scope::kService : address->is_object() ? oss::Scope::kObject : oss::Scope::kBucket;
  const auto operation = oss::find_operation(request.method, scope, query, request.headers.has("x-oss-copy-source"));
  if (operation) FS_CHECK((*operation)->handler != nullptr && !(*operation)->action.empty() && !(*operation)->name.empty());
}

void check_copy_source(std::string_view header) {
  const auto source = oss::read_copy_source(header);
  if (!source) return;
  FS_CHECK(farshore::valid_object_key(source->ref.key.get()) && farshore::valid_bucket_name(source->bucket.get()));
  std::string text = "/" + source->bucket.get() + "/" + codec::percent_encode(source->ref.key.get(), true);
  if (source->ref.version_id) text.append("?versionId=").append(source->ref.version_id->text());
  const auto again = oss::read_copy_source(text);
  FS_CHECK(again.has_value() && again->bucket == source->bucket && again->ref.key == source->ref.key && again->ref.version_id == source->ref.version_id);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const farshore::api::Endpoints& open = *new farshore::api::Endpoints(endpoints(true));
  static const farshore::api::Endpoints& strict = *new farshore::api::Endpoints(endpoints(false));
  farshore::fuzz::Input input(data, size);
  const std::uint64_t object_size = input.number();
  http::Request request;
  request.method = input.line();
  request.host = input.line();
  request.raw_path = "/" + std::string(input.line());
  request.raw_query = input.line();
  for (auto line = input.line(); !line.empty(); line = input.line()) {
    const std::size_t colon = line.find(':');
    if (colon != std::string_view::npos) request.headers.add(line.substr(0, colon), line.substr(colon + 1));
  }
  check_range(request.headers.get("Range"), object_size);
  check_conditions(request.headers);
  check_copy_source(input.rest());
  const auto query = codec::Query::parse(request.raw_query);
  if (!query) return 0;
  check_address(open, request, *query);
  check_address(strict, request, *query);
  return 0;
}
