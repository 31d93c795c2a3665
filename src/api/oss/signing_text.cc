// SPDX-License-Identifier: Apache-2.0
#include "api/oss/signing_text.h"

#include <algorithm>
#include <array>

#include "codec/text.h"
#include "crypto/digest.h"

namespace farshore::api::oss {
namespace {

// Rule: OSS, "Signature version 1": the union of the sub-resources that published clients sign. Sorted, for binary search.
constexpr std::array kV1Subresources = std::to_array<std::string_view>({
    "accessPoint", "accessPointConfigForObjectProcess", "accessPointForObjectProcess", "accessPointPolicy", "accessPointPolicyForObjectProcess",
    "acl", "append", "asyncFetch", "bucketArchiveDirectRead", "bucketInfo", "cacheConfiguration", "callback", "callback-var", "chunkNumber", "chunkSize",
    "cleanRestoredObject", "cloudboxes", "cname", "comp", "continuation-token", "copy", "cors", "dataAccelerator", "delete", "dfs", "dfsadmin",
    "dfssecurity", "encryption", "endTime", "eventnotification", "group", "httpsConfig", "img", "inventory", "inventoryId", "legalHold", "lifecycle",
    "link", "live", "location", "logging", "metaQuery", "objectInfo", "objectMeta", "objectWorm", "overwriteConfig", "partNumber", "partSize",
    "partUploadId", "policy", "policyStatus", "position", "processConfiguration", "publicAccessBlock", "qos", "qosInfo", "qosRequester",
    "redundancyProgress", "redundancyTransition", "redundancyType", "referer", "regionList", "regionsV2", "replication", "replicationLocation",
    "replicationProgress", "requestPayment", "requesterQosInfo", "reservedcapacity", "resourceGroup", "resourcePool", "resourcePoolBuckets",
    "resourcePoolInfo", "response-cache-control", "response-content-disposition", "response-content-encoding", "response-content-language",
    "response-content-type", "response-expires", "responseHeader", "restore", "retention", "rtc", "seal", "security-token", "sequential", "startTime",
    "stat", "status", "style", "styleName", "symlink", "tagging", "transferAcceleration", "udf", "udfApplication", "udfApplicationLog", "udfId",
    "udfImage", "udfImageDesc", "udfName", "uploadId", "uploads", "userDefinedLogFieldsConfig", "userRegion", "verbose", "versionId", "versioning",
    "versions", "virtualBucket", "vod", "website", "withHashContext", "worm", "wormExtend", "wormId", "x-oss-ac-forward-allow", "x-oss-ac-source-ip",
    "x-oss-ac-subnet-mask", "x-oss-ac-vpc-id", "x-oss-access-point-name", "x-oss-async-process", "x-oss-enable-md5", "x-oss-enable-sha1",
    "x-oss-enable-sha256", "x-oss-hash-ctx", "x-oss-md5-ctx", "x-oss-process", "x-oss-redundancy-transition-taskid", "x-oss-request-payer",
    "x-oss-target-redundancy-type", "x-oss-traffic-limit", "x-oss-write-get-object-response",
});
static_assert(std::is_sorted(kV1Subresources.begin(), kV1Subresources.end()));

constexpr std::string_view kOssPrefix = "x-oss-";

/// A header to sign, by lower-case name; values of repeated names stay in their order.
struct CanonicalHeader {
  std::string name;
  std::string_view value;
  std::size_t place;
};

/// `wanted` is asked in whatever case the header came: few headers are signed, and only those are worth a copy.
template <class Wanted>
void append_headers(std::string& out, const http::Headers& headers, Wanted wanted) {
  std::vector<CanonicalHeader> chosen;
  for (const http::HeaderView header : headers) {
    if (!wanted(header.name)) continue;
    chosen.push_back({codec::to_lower(header.name), codec::trim(header.value), chosen.size()});
  }
  std::sort(chosen.begin(), chosen.end(), [](const auto& a, const auto& b) { return a.name != b.name ? a.name < b.name : a.place < b.place; });
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    if (i > 0 && chosen[i].name == chosen[i - 1].name) {
      out.back() = ',';  // repeated headers are one line
    } else {
      out.append(chosen[i].name).push_back(':');
    }
    out.append(chosen[i].value).push_back('\n');
  }
}

void append_v1_resource(std::string& out, const SignedRequest& request, V1Coverage coverage) {
  out.push_back('/');
  if (!request.bucket.empty()) out.append(request.bucket).append("/").append(request.key);
  std::vector<const codec::QueryItem*> covered;
  for (const codec::QueryItem& item : request.query.items()) {
    const bool oss = coverage == V1Coverage::kListedAndOss && item.name.starts_with(kOssPrefix);
    if (oss || is_v1_subresource(item.name)) covered.push_back(&item);
  }
  // All point into one vector, so that addresses keep the order of repeated names.
  std::sort(covered.begin(), covered.end(), [](const auto* a, const auto* b) { return a->name != b->name ? a->name < b->name : a < b; });
  char separator = '?';
  for (const codec::QueryItem* item : covered) {
    out.push_back(separator);
    out.append(item->name);
    if (!item->value.empty()) out.append("=").append(item->value);
    separator = '&';
  }
}

void append_v4_query(std::string& out, const codec::Query& query, EmptyValue empty) {
  struct Pair {
    std::string name, value;
    bool equals;
  };
  std::vector<Pair> pairs;
  for (const codec::QueryItem& item : query.items()) {
    if (item.name == "x-oss-signature") continue;
    const bool equals = !item.value.empty() || (empty == EmptyValue::kAsSent && item.has_equals);
    pairs.push_back({codec::percent_encode(item.name), codec::percent_encode(item.value), equals});
  }
  std::sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) { return a.name != b.name ? a.name < b.name : a.value < b.value; });
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    if (i > 0) out.push_back('&');
    out.append(pairs[i].name);
    if (pairs[i].equals) out.append("=").append(pairs[i].value);
  }
}

}  // namespace

bool is_v1_subresource(std::string_view name) { return std::binary_search(kV1Subresources.begin(), kV1Subresources.end(), name); }

bool is_v4_default_header(std::string_view name) {
  return codec::istarts_with(name, kOssPrefix) || codec::iequals(name, "content-type") || codec::iequals(name, "content-md5");
}

std::string v1_string_to_sign(const SignedRequest& request, std::string_view date, V1Coverage coverage) {
  std::string out;
  out.reserve(256);
  out.append(request.method).push_back('\n');
  out.append(codec::trim(request.headers.get("Content-MD5"))).push_back('\n');
  out.append(codec::trim(request.headers.get("Content-Type"))).push_back('\n');
  out.append(date).push_back('\n');
  append_headers(out, request.headers, [](std::string_view name) { return codec::istarts_with(name, kOssPrefix); });
  append_v1_resource(out, request, coverage);
  return out;
}

std::string v4_canonical_request(const SignedRequest& request, std::span<const std::string> additional, EmptyValue empty) {
  std::string out;
  out.reserve(512);
  out.append(request.method).append("\n/");
  if (!request.bucket.empty()) out.append(request.bucket).append("/").append(codec::percent_encode(request.key, true));
  out.push_back('\n');
  append_v4_query(out, request.query, empty);
  out.push_back('\n');
  append_headers(out, request.headers, [&](std::string_view name) {
    return is_v4_default_header(name) || std::any_of(additional.begin(), additional.end(), [&](const std::string& one) { return codec::iequals(one, name); });
  });
  out.push_back('\n');
  for (std::size_t i = 0; i < additional.size(); ++i) {
    if (i > 0) out.push_back(';');
    out.append(additional[i]);
  }
  out.push_back('\n');
  out.append(codec::trim(request.headers.find("x-oss-content-sha256").value_or(kUnsignedPayload)));
  return out;
}

std::string v4_scope(std::string_view day, std::string_view region, std::string_view product) {
  std::string scope;
  scope.append(day).append("/").append(region).append("/").append(product).append("/").append(kV4Terminator);
  return scope;
}

std::string v4_string_to_sign(std::string_view timestamp, std::string_view scope, std::string_view canonical_request) {
  const crypto::Sha256Digest digest = crypto::sha256(canonical_request);
  std::string out;
  out.append(kV4Algorithm).append("\n").append(timestamp).append("\n").append(scope).append("\n").append(codec::hex_encode(crypto::view_of(digest)));
  return out;
}

}  // namespace farshore::api::oss
