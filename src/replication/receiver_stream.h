// SPDX-License-Identifier: Apache-2.0
// Receiver::Stream, Receiver::Staging and Receiver::RoleDecider: shared by the Receiver's source files, not by others.
#pragma once

#include <algorithm>
#include <map>
#include <set>

#include "replication/receiver.h"

namespace farshore::replication {

/// A stream as this region knows it since it was opened. Rebuilt from rows at every open.
struct Receiver::Stream {
  Stream(Executor& executor) : folding(executor), committed(executor) {}
  Bytes name;
  IncomingRule rule;
  PartitionId source;
  std::uint64_t epoch = 0;
  objects::BucketRef bucket;
  std::optional<Grants> grants;
  std::uint64_t opening = 0;  ///< random: an answer to open_stream() that went before is told from this one
  Sequence low_water;
  std::uint64_t history_mark = 0;
  std::set<Sequence> applied;
  std::map<Bytes, Sequence> last_of_key;  ///< of them, without versioning: by key_digest()
  AsyncMutex folding;
  /// Opened anew since: nothing more is committed for it. What was being stored for a former sender must not come behind what the present
  /// one has sent, or left out because the source had moved on.
  bool ended = false;
  std::size_t committing = 0;  ///< changes that may no longer be stopped
  Signal committed;            ///< there are none
  Sequence leads_back_guard;
  std::optional<bool> leads_back;
};

/// The ranges that are being received now, by transfer row. What a broken connection left is still becoming durable for a moment.
struct Receiver::Staging {
  explicit Staging(Executor& executor) : ended(executor) {}
  std::map<Bytes, std::size_t> under_way;
  Signal ended;
};

/// Asked before every commit: is the rule still registered, and may the role do this here and now?
class Receiver::RoleDecider : public objects::Decider {
 public:
  /// `of_any_opening`: what is written stays good when the stream is opened anew meanwhile (a range, which is named by its content).
  RoleDecider(StreamRef stream, std::string_view action, std::string key, bool of_any_opening = false)
      : stream_(std::move(stream)), action_(action), key_(std::move(key)), of_any_opening_(of_any_opening) {}
  Task<Result<Sequence>> decide(OpContext, const objects::Bucket& bucket) override {
    if (stream_->ended && !of_any_opening_) co_return Error(ErrorCode::kNotFound, "the stream was opened anew meanwhile; open it");
    const objects::Guard guard = bucket.guard();
    const auto& incoming = guard.settings->incoming_rules;
    if (std::find(incoming.begin(), incoming.end(), stream_->rule.id) == incoming.end()) {
      co_return Error(ErrorCode::kNoSuchReplicationRule, "the destination bucket does not know this replication rule");
    }
    // Decided before the content is stored and again for the commit; under the same guard and directory it is the same decision.
    const auto directory = stream_->grants->directory_sequence();
    if (decided_ != std::make_pair(guard.version, directory)) {
      CO_TRY_OK(stream_->grants->check(bucket, action_, key_));
      decided_ = {guard.version, directory};
    }
    co_return guard.version;
  }

 private:
  StreamRef stream_;
  std::string_view action_;
  std::string key_;
  bool of_any_opening_;
  std::pair<Sequence, identity::DirectorySequence> decided_;
};

}  // namespace farshore::replication
