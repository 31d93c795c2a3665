// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

namespace farshore {

Error::Error(ErrorCode code, std::string message) : state_(std::make_shared<State>()) {
  state_->code = code;
  state_->message = std::move(message);
}

Error Error::with(std::string_view name, std::string_view value) && {
  state_->details.emplace_back(std::string(name), std::string(value));
  return std::move(*this);
}

Error Error::with_effect(Effect effect) && {
  state_->effect = effect;
  return std::move(*this);
}

Error Error::with_retry(Retry retry) && {
  state_->retry = retry;
  return std::move(*this);
}

Error Error::caused_by(const Error& cause) && {
  state_->cause = cause.state_;
  return std::move(*this);
}

std::string_view Error::detail(std::string_view name) const {
  for (const auto& [key, value] : state_->details) {
    if (key == name) return value;
  }
  return {};
}

std::string Error::text() const {
  std::string out;
  for (const State* state = state_.get(); state != nullptr; state = state->cause.get()) {
    if (!out.empty()) out += " <- ";
    out += error_code_name(state->code);
    out += ": ";
    out += state->message;
    for (const auto& [key, value] : state->details) {
      out += " (" + key + "=" + value + ")";
    }
  }
  return out;
}

}  // namespace farshore
