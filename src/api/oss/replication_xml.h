// SPDX-License-Identifier: Apache-2.0
// The documents of bucket replication: posted rules and what is shown of them. Element order is free on input.
#pragma once

#include <vector>

#include "base/result.h"
#include "codec/xml.h"
#include "replication/rule_service.h"

namespace farshore::api::oss {

/// ReplicationConfiguration with exactly one Rule. Reads, does not judge: the rule service does.
/// Errors: kMalformedXML (EC 0031-00000001 for another root), kNoReplicationRule, kTooManyReplicationRules, kInvalidArgument
/// (legacy Cloud elements).
Result<replication::RuleRequest> read_replication_rule(BytesView body);

/// ReplicationRules with exactly one ID. Errors: kMalformedXML (an empty body too), kInvalidArgument (no ID),
/// kTooManyReplicationRules.
Result<RuleId> read_rule_removal(BytesView body);

void write_replication(codec::XmlWriter& xml, const std::vector<replication::RuleView>& rules);
void write_replication_locations(codec::XmlWriter& xml, const replication::ReplicationLocations& locations);
void write_replication_progress(codec::XmlWriter& xml, const std::vector<replication::RuleProgress>& rules);

}  // namespace farshore::api::oss
