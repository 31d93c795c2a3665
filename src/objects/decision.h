// SPDX-License-Identifier: Apache-2.0
// Decider: who says that a change is allowed, and under which guard. Asked before each commit, again after the guard changed.
#pragma once

#include "base/result.h"
#include "model/ids.h"
#include "runtime/op_context.h"
#include "runtime/task.h"

namespace farshore::objects {

class Bucket;

/// Port of the callers of every mutation. Reads bucket.guard(), decides by those settings alone, and gives that guard's
/// version; the commit expects exactly it, so nothing is written after the right is gone. A streamed body is read once:
/// only the decision and the commit are repeated.
///
/// Lifetime  passed by reference; must outlive the awaited call
/// Errors    any refusal (kAccessDenied ...): the operation ends with it and nothing is written
class Decider {
 public:
  virtual ~Decider() = default;
  virtual Task<Result<Sequence>> decide(OpContext op, const Bucket& bucket) = 0;
};

/// A decision made beforehand: holds for one guard version. If the guard has changed, the operation ends with
/// kExpectationFailed and detail row=guard, and the caller decides anew.
class Decided : public Decider {
 public:
  explicit Decided(Sequence guard_version) : guard_version_(guard_version) {}
  Task<Result<Sequence>> decide(OpContext op, const Bucket& bucket) override;

 private:
  Sequence guard_version_;
};

/// Allows everything: for the system's own work and tests.
class Unconditional : public Decider {
 public:
  Task<Result<Sequence>> decide(OpContext op, const Bucket& bucket) override;
};

}  // namespace farshore::objects
