// SPDX-License-Identifier: Apache-2.0
// OpContext: what every await carries: deadline, cancellation and the request it belongs to.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "runtime/cancel.h"
#include "runtime/time.h"

namespace farshore {

/// Passed by value along the whole call; cheap to copy.
struct OpContext {
  Instant deadline = kNever;
  CancelToken cancel;
  std::shared_ptr<const std::string> request;  ///< request id for logs and error bodies; may be null

  std::string_view request_id() const { return request ? std::string_view(*request) : std::string_view("-"); }
  OpContext with_deadline(Instant at) const {
    OpContext copy = *this;
    if (at < copy.deadline) copy.deadline = at;
    return copy;
  }
  OpContext with_cancel(CancelToken token) const {
    OpContext copy = *this;
    copy.cancel = std::move(token);
    return copy;
  }
};

}  // namespace farshore
