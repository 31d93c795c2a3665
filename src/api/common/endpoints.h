// SPDX-License-Identifier: Apache-2.0
// Endpoints: the regions of the realm and the host names by which clients reach them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/ids.h"

namespace farshore::api {

/// One region as clients see it.
struct RegionEndpoints {
  RegionId id;
  /// Host names of the region, lower case, without port: "oss-cn-hangzhou.example.net". A bucket may stand before each.
  std::vector<std::string> names;
  std::string extranet;  ///< as ListBuckets shows it and clients dial it: "host:port"
  std::string intranet;  ///< Python v2 compares it with its own setting, so over plain HTTP it is "http://host:port"
};

/// The realm's regions; a value made by the composition root. Immutable while requests are served.
struct Endpoints {
  RegionId here;  ///< the region that this process answers for
  std::vector<RegionEndpoints> regions;
  std::map<std::string, BucketName, std::less<>> cnames;  ///< own domain names bound to a bucket, lower case
  bool catch_all = true;  ///< an unknown host name means this region, path style

  /// Null if the realm has no such region.
  const RegionEndpoints* find(std::string_view region) const;
  /// The region of "oss-cn-hangzhou" or "cn-hangzhou"; null if the realm has none.
  const RegionEndpoints* find_location(std::string_view location) const;
  /// The public endpoint of a region; empty if the realm has no such region.
  std::string_view extranet_of(const RegionId& region) const;
};

}  // namespace farshore::api
