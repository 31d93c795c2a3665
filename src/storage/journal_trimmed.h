// SPDX-License-Identifier: Apache-2.0
// journal_trimmed: what Partition::read_journal says of entries that are gone.
#pragma once

#include <string>

#include "base/error.h"
#include "model/ids.h"

namespace farshore::storage {

/// kNotFound; its detail `trimmed` is the last sequence that is gone, so that a reader knows from where the journal can be read again.
inline Error journal_trimmed(Sequence up_to) {
  return Error(ErrorCode::kNotFound, "journal entries behind this position have been trimmed").with("trimmed", std::to_string(up_to.get()));
}

}  // namespace farshore::storage
