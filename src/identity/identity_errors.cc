// SPDX-License-Identifier: Apache-2.0
// Makers of the directory operations' errors.
#include "identity/identity_errors.h"

#include <fmt/format.h>

namespace farshore::identity {

Error no_such(std::string_view entity, std::string_view name) {
  return Error(ErrorCode::kEntityNotExist, fmt::format("The {} does not exist: {}.", entity, name)).with("Entity", entity);
}
Error already_there(std::string_view entity, std::string_view name) {
  return Error(ErrorCode::kEntityAlreadyExists, fmt::format("The {} already exists: {}.", entity, name)).with("Entity", entity);
}
Error in_use(std::string_view entity, std::string_view message) {
  return Error(ErrorCode::kDeleteConflict, std::string(message)).with("Entity", entity);
}
Error over_limit(std::string_view entity, std::size_t limit) {
  return Error(ErrorCode::kLimitExceeded, fmt::format("The limit of {} for {} is reached.", limit, entity)).with("Entity", entity);
}
Error bad_parameter(std::string_view field, std::string_view reason, std::string_view message) {
  return Error(ErrorCode::kInvalidParameter, std::string(message)).with("Field", field).with("Reason", reason);
}

}  // namespace farshore::identity
