// SPDX-License-Identifier: Apache-2.0
#include "api/common/endpoints.h"

namespace farshore::api {

const RegionEndpoints* Endpoints::find(std::string_view region) const {
  for (const RegionEndpoints& candidate : regions) {
    if (candidate.id.get() == region) return &candidate;
  }
  return nullptr;
}

const RegionEndpoints* Endpoints::find_location(std::string_view location) const {
  if (location.starts_with("oss-")) location.remove_prefix(4);
  return find(location);
}

std::string_view Endpoints::extranet_of(const RegionId& region) const {
  const RegionEndpoints* found = find(region.get());
  return found != nullptr ? std::string_view(found->extranet) : std::string_view();
}

}  // namespace farshore::api
