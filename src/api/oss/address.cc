// SPDX-License-Identifier: Apache-2.0
#include "api/oss/address.h"

#include <algorithm>
#include <optional>

#include "codec/text.h"
#include "codec/url.h"
#include "model/bucket.h"

namespace farshore::api::oss {
namespace {

// Rule: OSS, "Endpoints": public names end in this; ali-oss puts it into the Host header even when it dials an IP address.
constexpr std::string_view kPublicSuffix = ".aliyuncs.com";

struct HostMeaning {
  AddressStyle style = AddressStyle::kPath;
  RegionId region;
  std::string bucket;  ///< from the host; empty: none there
  bool service = false;  ///< the leading-dot form: never a path-style bucket
};

bool is_ipv4(std::string_view name) {
  const auto labels = codec::split(name, '.');
  return labels.size() == 4 && std::all_of(labels.begin(), labels.end(), [](std::string_view label) {
           return label.size() <= 3 && codec::parse_decimal<unsigned>(label).value_or(256) <= 255;
         });
}

/// The part of `name` before "." + `suffix`, if it ends that way.
std::optional<std::string_view> label_before(std::string_view name, std::string_view suffix) {
  if (name.size() <= suffix.size() || !name.ends_with(suffix) || name[name.size() - suffix.size() - 1] != '.') return std::nullopt;
  return name.substr(0, name.size() - suffix.size() - 1);
}

/// `rest` stands before an endpoint's name: a bucket, or nothing but the dot of ali-oss's service calls.
Result<HostMeaning> before_endpoint(std::string_view rest, const RegionId& region) {
  if (rest.empty()) return HostMeaning{AddressStyle::kVirtualHosted, region, "", true};
  if (!valid_bucket_name(rest)) return Error(ErrorCode::kInvalidBucketName, "").with("BucketName", rest);
  return HostMeaning{AddressStyle::kVirtualHosted, region, std::string(rest), false};
}

/// The region of a public label: "oss-cn-hangzhou", "oss-cn-hangzhou-internal", "cn-hangzhou".
const RegionEndpoints* public_region(const Endpoints& endpoints, std::string_view label) {
  if (const RegionEndpoints* region = endpoints.find_location(label)) return region;
  constexpr std::string_view kInternal = "-internal";
  if (label.ends_with(kInternal)) return endpoints.find_location(label.substr(0, label.size() - kInternal.size()));
  return nullptr;
}

/// "<bucket>.oss-<region>[-internal].aliyuncs.com", without the bucket, or with only its dot.
std::optional<Result<HostMeaning>> public_name(const Endpoints& endpoints, std::string_view name) {
  if (!name.ends_with(kPublicSuffix)) return std::nullopt;
  const std::string_view front = name.substr(0, name.size() - kPublicSuffix.size());
  const std::size_t dot = front.rfind('.');
  const std::string_view label = dot == std::string_view::npos ? front : front.substr(dot + 1);
  const RegionEndpoints* region = public_region(endpoints, label);
  if (region == nullptr && !endpoints.catch_all) return std::nullopt;
  const RegionId id = region != nullptr ? region->id : endpoints.here;
  if (dot != std::string_view::npos) return before_endpoint(front.substr(0, dot), id);
  return HostMeaning{AddressStyle::kPath, id, "", false};
}

Result<HostMeaning> read_host(const Endpoints& endpoints, std::string_view name) {
  if (name.empty() || name == "localhost" || is_ipv4(name) || name.find(':') != std::string_view::npos) {
    return HostMeaning{AddressStyle::kPath, endpoints.here, "", false};
  }
  for (const RegionEndpoints& region : endpoints.regions) {
    if (std::find(region.names.begin(), region.names.end(), name) != region.names.end()) {
      return HostMeaning{AddressStyle::kPath, region.id, "", false};
    }
  }
  for (const RegionEndpoints& region : endpoints.regions) {
    for (const std::string& endpoint : region.names) {
      if (const auto rest = label_before(name, endpoint); rest && rest->find('.') == std::string_view::npos) {
        return before_endpoint(*rest, region.id);
      }
    }
  }
  if (const auto rest = label_before(name, "localhost"); rest && rest->find('.') == std::string_view::npos) {
    return before_endpoint(*rest, endpoints.here);
  }
  if (const auto bound = endpoints.cnames.find(name); bound != endpoints.cnames.end()) {
    return HostMeaning{AddressStyle::kCname, endpoints.here, bound->second.get(), false};
  }
  if (auto meaning = public_name(endpoints, name)) return *std::move(meaning);
  if (endpoints.catch_all) return HostMeaning{AddressStyle::kPath, endpoints.here, "", false};
  return Error(ErrorCode::kNonStandardHostForbidden, "").with("HostName", name);
}

Result<std::string> decode(std::string_view raw) {
  // Most keys need no decoding: one search, one copy.
  if (raw.find('%') == std::string_view::npos) return std::string(raw);
  auto decoded = codec::percent_decode(raw);
  if (!decoded) return Error(ErrorCode::kInvalidArgument, "The request path holds a malformed percent escape.");
  return *std::move(decoded);
}

}  // namespace

std::string host_name(std::string_view host) {
  if (host.starts_with('[')) {
    const std::size_t end = host.find(']');
    return codec::to_lower(host.substr(1, end == std::string_view::npos ? end : end - 1));
  }
  // More than one colon without brackets is a bare IPv6 address.
  if (const std::size_t colon = host.find(':'); colon != std::string_view::npos && host.find(':', colon + 1) == std::string_view::npos) {
    host = host.substr(0, colon);
  }
  if (host.ends_with('.')) host.remove_suffix(1);
  return codec::to_lower(host);
}

Result<Address> resolve_address(const Endpoints& endpoints, std::string_view host, std::string_view raw_path) {
  TRY(HostMeaning meaning, read_host(endpoints, host_name(host)));
  std::string_view path = raw_path.starts_with('/') ? raw_path.substr(1) : std::string_view();
  Address address;
  address.style = meaning.style;
  address.region = std::move(meaning.region);
  if (meaning.style == AddressStyle::kPath) {
    const std::size_t slash = path.find('/');
    TRY(meaning.bucket, decode(path.substr(0, slash)));
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
    if (meaning.bucket.empty() && slash == std::string_view::npos) return address;
    if (!valid_bucket_name(meaning.bucket)) return Error(ErrorCode::kInvalidBucketName, "").with("BucketName", meaning.bucket);
  }
  if (meaning.service) {
    if (!path.empty()) return Error(ErrorCode::kInvalidBucketName, "The host names no bucket.");
    return address;
  }
  address.bucket = BucketName(std::move(meaning.bucket));
  TRY(std::string key, decode(path));
  if (!key.empty() && !valid_object_key(key)) return Error(ErrorCode::kInvalidObjectName, "").with("ObjectName", key);
  address.key = ObjectKey(std::move(key));
  return address;
}

}  // namespace farshore::api::oss
