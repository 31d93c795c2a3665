// SPDX-License-Identifier: Apache-2.0
// Address: what a Host and a path mean: a region, a bucket, an object key.
#pragma once

#include <cstdint>
#include <string_view>

#include "api/common/endpoints.h"
#include "base/result.h"
#include "model/ids.h"

namespace farshore::api::oss {

enum class AddressStyle : std::uint8_t { kPath, kVirtualHosted, kCname };

/// Where a request goes. An empty bucket is a service call, an empty key a bucket call.
struct Address {
  AddressStyle style = AddressStyle::kPath;
  RegionId region;  ///< of the endpoint addressed; the bucket may live elsewhere
  BucketName bucket;
  ObjectKey key;
  bool is_service() const { return bucket.get().empty(); }
  bool is_object() const { return !key.get().empty(); }
};

/// Reads the Host (with or without a port) and the raw, still encoded path. The path's key is decoded as one string: "%2F"
/// and '/' are the same byte, '+' stays '+', nothing is normalised.
///
/// Errors  kInvalidBucketName, kInvalidObjectName, kInvalidArgument (a broken escape)
///         kNonStandardHostForbidden: an unknown host name, unless Endpoints::catch_all
Result<Address> resolve_address(const Endpoints& endpoints, std::string_view host, std::string_view raw_path);

/// "example.net" of "Example.NET.:8080", "::1" of "[::1]:8080"; lower case.
std::string host_name(std::string_view host);

}  // namespace farshore::api::oss
