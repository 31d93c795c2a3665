// SPDX-License-Identifier: Apache-2.0
// Sender: carries one change to the destination, deciding from the source's current state what is sent.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "objects/objects.h"
#include "replication/destination.h"
#include "replication/grants.h"
#include "replication/lanes.h"
#include "replication/reason.h"

namespace farshore::replication {

/// How one attempt ended.
struct Sent {
  enum class Kind : unsigned char {
    kDelivered,   ///< durable at the destination
    kSuperseded,  ///< nothing to send any more
    kPark,        ///< this change cannot go on, others can
    kStall,       ///< the whole rule cannot go on
    kReopen,      ///< the stream is not open there (any more): the way to it failed
    kFenced,      ///< a newer task sends this stream: stop
    kCancelled,
  };
  Kind kind = Kind::kDelivered;
  Reason reason = Reason::kDelivered;
  std::string detail;
  std::uint64_t bytes = 0;
};

/// Maps an error of the destination to what the task does about it.
Sent judge_destination_error(const Error& error, bool deletes);
/// The same for the role's rights at the source.
Sent judge_source_denial(const Error& error);

/// Stateless but for its budgets and what it has begun to send in ranges: a change that no longer exists is superseded, so neither history nor a replay after a crash
/// can bring back what was overwritten or deleted. Loop thread only.
class Sender {
 public:
  struct Settings {
    std::size_t window_bytes;
    std::size_t transfers_max;
    std::size_t ranges_max;
  };
  Sender(objects::BucketRef bucket, Grants& grants, Destination& destination, RuleId rule, Settings settings);

  /// The stream was opened; `staging`: ranges may be there already.
  void opened(bool staging);
  Task<Sent> send(OpContext op, LaneItem item, std::uint64_t epoch);

 private:
  Task<Sent> send_version(OpContext op, ChangeMessage message, LaneItem item);
  Task<Sent> send_large(OpContext op, ChangeMessage message, const LaneItem item, Version version);
  /// `unreadable` is set if it was the source's content that could not be read.
  Task<Result<void>> stage(OpContext op, const ChangeMessage message, Version version, std::string transfer, bool fresh, std::optional<Error>& unreadable);
  Task<Sent> deliver(OpContext op, ChangeMessage message, Buffer body);

  objects::BucketRef bucket_;
  Grants& grants_;
  Destination& destination_;
  RuleId rule_;
  Settings settings_;
  Permits window_;
  Permits transfers_;
  bool ask_ = true;              ///< ranges of a former opening may be there
  std::set<std::string> begun_;  ///< transfers of this opening that were not finished at the first attempt
};

}  // namespace farshore::replication
