// SPDX-License-Identifier: Apache-2.0
// Receiver: the destination's half of replication: checks the role's rights and applies what arrives, exactly once.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <vector>

#include "identity/directory_store.h"
#include "identity/sessions.h"
#include "objects/objects.h"
#include "replication/destination.h"
#include "replication/grants.h"

namespace farshore::replication {

/// What a stream's position says of the changes applied above its low water. The reply has to fit into a frame, however long one large object
/// holds the low water back: of many it names the lowest and the highest one; the others are recognised when they are sent again.
inline constexpr std::size_t kAppliedListedMax = 32768;
std::vector<Sequence> list_applied(const std::set<Sequence>& applied);

/// Implements Destination for this region's buckets. Called by api/peer for other regions and directly within the region.
///
/// 1. A change and its applied row are one commit that expects the row's absence: once, however often it is sent.
/// 2. That commit also expects the guard row under which the role's rights were decided.
/// 3. The low water rises only to what the sender said it has settled.
///
/// Threads: loop only. Owned by the composition root.
class Receiver : public Destination {
 public:
  Receiver(Runtime runtime, objects::Objects& objects, identity::DirectoryStore& directory, identity::Sessions& sessions, RegionId region);
  ~Receiver() override;

  Task<Result<StreamPosition>> open_stream(OpContext op, StreamOpen open) override;
  Task<Result<Outcome>> apply(OpContext op, ChangeMessage change, Buffer body) override;
  Task<Result<void>> settle(OpContext op, StreamOpen stream, Sequence settled) override;
  Task<Result<std::vector<StagedRange>>> staged_ranges(OpContext op, StagedQuery query) override;
  Task<Result<void>> stage_range(OpContext op, StageRange range, std::unique_ptr<BodySource> body) override;
  Task<Result<void>> register_rule(OpContext op, RegisterRule request) override;
  Task<Result<void>> confirm_rule(OpContext op, RuleReference rule) override;
  Task<Result<void>> remove_rule(OpContext op, RuleReference rule) override;
  Task<Result<LocateReply>> locate(OpContext op, LocateQuery query) override;
  /// The region that opened a stream: nobody else may feed it. Nothing if it is not open.
  std::optional<RegionId> stream_owner(const RuleId& rule, const PartitionId& source) const;

 private:
  struct Stream;
  class RoleDecider;
  struct Staging;
  class UnderWay;
  struct Content;
  using StreamRef = std::shared_ptr<Stream>;

  Result<StreamRef> find(const RuleId& rule, const PartitionId& source, std::uint64_t epoch);
  Task<Result<objects::BucketRef>> open_bucket(OpContext op, BucketId id);
  Task<Result<void>> end_stream(OpContext op, StreamRef stream);
  Task<Result<bool>> leads_back(OpContext op, StreamRef stream);
  Task<Result<Content>> store_content(OpContext op, StreamRef stream, const ChangeMessage& change, Buffer body);
  Task<Result<Content>> take_staged(OpContext op, StreamRef stream, const ChangeMessage& change, storage::Batch& rows);
  static bool is_overtaken(const Stream& stream, const ChangeMessage& change);
  Task<Result<Outcome>> apply_now(OpContext op, StreamRef stream, ChangeMessage change, Buffer body);
  Task<Result<void>> fold(OpContext op, StreamRef stream, Sequence settled, std::uint64_t history_mark);
  /// True if younger ones stand, or are becoming durable just now.
  Task<Result<bool>> drop_old_transfers(OpContext op, StreamRef stream);
  Task<Result<void>> erase_rows(OpContext op, objects::BucketRef bucket, Bytes begin, bool staged);

  Runtime runtime_;
  objects::Objects& objects_;
  identity::DirectoryStore& directory_;
  identity::Sessions& sessions_;
  RegionId region_;
  std::map<Bytes, StreamRef> streams_;
  std::shared_ptr<Staging> staging_;
};

}  // namespace farshore::replication
