// SPDX-License-Identifier: Apache-2.0
// Destination: another region as the replication engine sees it.
#pragma once

#include <memory>

#include "base/bytes.h"
#include "base/result.h"
#include "model/ids.h"
#include "replication/messages.h"
#include "runtime/body.h"
#include "runtime/op_context.h"
#include "runtime/task.h"

namespace farshore::replication {

/// Port: the region that holds the destination bucket. Loop thread only.
///
/// Every call may end with kConnectionClosed, kUnreachable or kDeadlineExceeded and may then have been applied; all of them
/// are idempotent and simply repeated. Other errors are the destination's answer:
///   kAccessDenied       the role may not (details as in authorize): stall, or park deletions only
///   kNoSuchBucket       the destination bucket is gone or is another one under its old name: stall
///   kNoSuchReplicationRule  the destination does not know the rule: stall
///   kStorageFull, kServiceBusy, kInvalidObjectState …: stall or park, see task.h
///   kStalePeer          a newer epoch of the stream exists: this task must stop
///   kDirectoryStale     the destination has not caught up with the directory: repeat
class Destination {
 public:
  virtual ~Destination() = default;
  virtual Task<Result<StreamPosition>> open_stream(OpContext op, StreamOpen open) = 0;
  /// Applies one change; ok means durable. `body` holds the content if it is not staged; it is at most kInlineBodyBytesMax.
  virtual Task<Result<Outcome>> apply(OpContext op, ChangeMessage change, Buffer body) = 0;
  /// Says that the sender has settled everything up to `settled`: the position may fold.
  virtual Task<Result<void>> settle(OpContext op, StreamOpen stream, Sequence settled) = 0;
  virtual Task<Result<std::vector<StagedRange>>> staged_ranges(OpContext op, StagedQuery query) = 0;
  /// Sends one range of a large object's content. Whatever arrived before a cut stays staged.
  virtual Task<Result<void>> stage_range(OpContext op, StageRange range, std::unique_ptr<BodySource> body) = 0;
  virtual Task<Result<void>> register_rule(OpContext op, RegisterRule rule) = 0;
  virtual Task<Result<void>> confirm_rule(OpContext op, RuleReference rule) = 0;
  virtual Task<Result<void>> remove_rule(OpContext op, RuleReference rule) = 0;
  virtual Task<Result<LocateReply>> locate(OpContext op, LocateQuery query) = 0;
};

/// Contents up to this size travel in the change's own frame.
inline constexpr std::size_t kInlineBodyBytesMax = 192u << 10;
/// A larger content travels in ranges of this size, several at once.
inline constexpr std::size_t kRangeBytes = 8u << 20;

/// Port: finds the way to a region. The pointer lives as long as the process.
class Regions {
 public:
  virtual ~Regions() = default;
  /// Null for a region the realm does not have. Calls to one that is away end with kUnreachable.
  virtual Destination* find(const RegionId& region) = 0;
};

}  // namespace farshore::replication
