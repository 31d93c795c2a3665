// SPDX-License-Identifier: Apache-2.0
// RuleProgress: how far a rule is, computed from durable sequences when it is asked.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "model/replication_rule.h"
#include "replication/reason.h"
#include "replication/stall_gate.h"

namespace farshore::replication {

struct RuleProgress {
  ReplicationRule rule;
  RuleStatus status = RuleStatus::kStarting;
  /// 0 to 1, and 1 only when every historical version is settled; nothing while `starting` or without history.
  std::optional<double> historical;
  /// Everything acknowledged at the source before this wall time is at the destination (or is skipped by the rule).
  std::int64_t new_object_millis = 0;
  std::uint64_t pending = 0;               ///< incremental changes read and not settled, plus those not read yet
  std::uint64_t historical_total = 0;
  std::uint64_t historical_settled = 0;
  std::uint64_t parked = 0;
  std::map<std::string, std::uint64_t> skipped;  ///< by reason, since the task started
  std::uint64_t delivered = 0;             ///< changes acknowledged by the destination since the task started
  std::uint64_t delivered_bytes = 0;
  double lag_seconds = 0;                  ///< age of the oldest unsettled change
  std::optional<Stall> stall;
};

}  // namespace farshore::replication
