// SPDX-License-Identifier: Apache-2.0
#include "objects/decision.h"

#include "objects/bucket.h"
#include "objects/objects.h"

namespace farshore::objects {

Task<Result<Sequence>> Decided::decide(OpContext, const Bucket& bucket) {
  if (bucket.guard().version != guard_version_) {
    co_return Error(ErrorCode::kExpectationFailed, "the bucket's settings changed after the decision").with("row", "guard").with_retry(Retry::kAfterRefresh);
  }
  co_return guard_version_;
}

Task<Result<Sequence>> Unconditional::decide(OpContext, const Bucket& bucket) { co_return bucket.guard().version; }

}  // namespace farshore::objects
