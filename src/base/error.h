// SPDX-License-Identifier: Apache-2.0
// Error: why something failed, what it left behind, and whether to try again.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error_code.h"

namespace farshore {

/// What a failed operation may have left behind.
enum class Effect : unsigned char { kNone, kMaybeApplied };

/// What the caller should do next.
enum class Retry : unsigned char { kNever, kSameRequest, kAfterRefresh };

/// A failure, with a public code, a sentence for people and named details.
///
/// Cheap to move and copy (one shared pointer); immutable once published. Never holds a secret: messages
/// and details go to logs and to the wire.
class [[nodiscard]] Error {
 public:
  Error(ErrorCode code, std::string message);

  /// Adds a named detail, e.g. with("partNumber", "10001"). Detail names follow the public API's spelling.
  Error with(std::string_view name, std::string_view value) &&;
  Error with_effect(Effect effect) &&;
  Error with_retry(Retry retry) &&;
  /// Records the error beneath this one; it reaches the log and never the wire.
  Error caused_by(const Error& cause) &&;

  ErrorCode code() const { return state_->code; }
  const std::string& message() const { return state_->message; }
  Effect effect() const { return state_->effect; }
  Retry retry() const { return state_->retry; }
  const std::vector<std::pair<std::string, std::string>>& details() const { return state_->details; }
  /// The value of a detail, or an empty view.
  std::string_view detail(std::string_view name) const;
  /// "Code: message (name=value) <- cause" for logs.
  std::string text() const;

 private:
  struct State {
    ErrorCode code;
    Effect effect = Effect::kNone;
    Retry retry = Retry::kNever;
    std::string message;
    std::vector<std::pair<std::string, std::string>> details;
    std::shared_ptr<State> cause;
  };
  std::shared_ptr<State> state_;
};

}  // namespace farshore
