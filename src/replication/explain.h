// SPDX-License-Identifier: Apache-2.0
// Explanation: where a version is under a rule, and why.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/change.h"
#include "model/replication_rule.h"
#include "replication/reason.h"

namespace farshore::replication {

/// A change that waits by itself while others go on.
struct ParkedChange {
  Change change;
  Sequence sequence;  ///< 0: historical
  Reason reason = Reason::kRefused;
  std::string detail;
  std::int64_t committed_millis = 0;
  std::int64_t parked_millis = 0;
  std::uint32_t attempts = 0;
};

/// The answer for one rule.
struct Explanation {
  RuleId rule;
  BucketName destination;
  RegionId destination_region;
  VersionId version;
  bool at_source = false;
  std::optional<bool> at_destination;  ///< nothing if the destination could not be asked
  Reason reason = Reason::kQueued;
  std::string text;    ///< a sentence that names the cause
  std::string remedy;  ///< what to do; empty where nothing is to be done
};

}  // namespace farshore::replication
