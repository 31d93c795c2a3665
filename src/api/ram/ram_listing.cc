// SPDX-License-Identifier: Apache-2.0
#include "api/ram/ram_listing.h"

#include <fmt/format.h>

namespace farshore::api::ram {

Result<identity::PageRequest> page_of(const RpcParameters& parameters) {
  TRY(const auto items, parameters.number<std::size_t>("MaxItems"));
  if (items && (*items < 1 || *items > kItemsMax)) {
    return wrong_parameter("MaxItems", fmt::format("The MaxItems must be from 1 to {}.", kItemsMax));
  }
  return identity::PageRequest{parameters.text_or_empty("Marker"), items.value_or(kItemsDefault)};
}

void add_page_end(RpcTree& result, std::string_view next_marker) {
  result.flag("IsTruncated", !next_marker.empty());
  if (!next_marker.empty()) result.text("Marker", next_marker);
}

Result<void> refuse_unbuilt(const RpcParameters& parameters, std::string_view name) {
  TRY(const auto rows, parameters.rows(name));
  if (rows.empty()) return {};
  return Error(ErrorCode::kNotImplemented, fmt::format("The parameter {} is not implemented by this server.", name));
}

}  // namespace farshore::api::ram
