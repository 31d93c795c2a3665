// SPDX-License-Identifier: Apache-2.0
#include "api/oss/call.h"

#include "codec/text.h"

namespace farshore::api::oss {

std::optional<std::string_view> Call::header(std::string_view name) const {
  const auto value = request.headers.find(name);
  if (!value) return std::nullopt;
  const std::string_view trimmed = codec::trim(*value);
  return trimmed.empty() ? std::nullopt : std::optional(trimmed);
}

std::optional<std::string_view> Call::parameter(std::string_view name) const {
  const auto value = query.find(name);
  return value && !value->empty() ? value : std::nullopt;
}

Result<objects::ObjectRef> Call::object_ref() const {
  const auto id = query.find("versionId");
  if (!id) return objects::ObjectRef{key(), std::nullopt};
  if (id->empty()) return Error(ErrorCode::kInvalidArgument, "Version id can not be the empty string.").with("ArgumentName", "versionId");
  TRY(VersionId version, VersionId::parse(*id));
  return objects::ObjectRef{key(), std::move(version)};
}

}  // namespace farshore::api::oss
