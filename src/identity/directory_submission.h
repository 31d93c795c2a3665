// SPDX-License-Identifier: Apache-2.0
// What another region may ask the home to commit to the directory.
#pragma once

#include "base/result.h"
#include "identity/directory.h"
#include "identity/directory_batch.h"

namespace farshore::identity {

/// A submission beyond this would not fit into one answer of the feed. A user's whole policy is a tenth of it.
inline constexpr std::size_t kSubmissionBytesMax = 192 * 1024;

/// Judges a batch that the proved region `from` submitted, before it is committed: a region that is broken or not honest any
/// more does harm to its own buckets and to the accounts that chose it, and to nobody else.
///
/// 1. Every row it changes is also a row it expects something of, so the judgement holds until the commit or the commit fails.
/// 2. Every entry decodes and stands under the key that it names, so that no copy of the directory becomes unreadable.
/// 3. Minting keys and buckets: the region's own; new buckets for accounts that accept the region.
/// 4. Accounts, users, access keys, roles, policies, attachments: of accounts that accept the region, or that the batch makes.
///
/// ok also for a batch whose expectations do not hold any more: the commit refuses that, and says what to catch up to.
/// Errors: kAccessDenied; kProtocolViolation for rows that no region writes.
Result<void> check_submission(const Directory& view, const DirectoryBatch& batch, const RegionId& from);

}  // namespace farshore::identity
