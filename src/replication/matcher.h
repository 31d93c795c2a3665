// SPDX-License-Identifier: Apache-2.0
// Matcher: does a rule carry a change? Pure.
#pragma once

#include <optional>

#include "model/change.h"
#include "model/replication_rule.h"
#include "replication/reason.h"

namespace farshore::replication {

/// Nothing: replicate. Else the reason why the rule skips it.
std::optional<Reason> skip_reason(const ReplicationRule& rule, const Change& change);
/// The same for a version found by the historical scan.
std::optional<Reason> skip_reason(const ReplicationRule& rule, const ObjectKey& key, const Version& version);
bool in_prefixes(const ReplicationRule& rule, const ObjectKey& key);

}  // namespace farshore::replication
