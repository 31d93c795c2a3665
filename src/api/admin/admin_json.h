// SPDX-License-Identifier: Apache-2.0
// The shapes of the operator's answers. Times are ISO 8601 text or null; names ending in a unit are numbers.
#pragma once

#include <vector>

#include "base/error.h"
#include "codec/json.h"
#include "identity/audit.h"
#include "identity/directory_rows.h"
#include "replication/explain.h"
#include "replication/progress.h"

namespace farshore::api::admin {

void write_time(codec::JsonWriter& json, std::string_view name, std::int64_t millis);
/// {"uid","name","regions","created"}
void write_account(codec::JsonWriter& json, const identity::AccountEntry& account);
/// {"id","status","destination":{…},…,"progress":{…},"stall":null or {…}}
void write_rule(codec::JsonWriter& json, const replication::RuleProgress& progress);
void write_parked(codec::JsonWriter& json, const replication::ParkedChange& change);
void write_audit(codec::JsonWriter& json, const identity::AuditRecord& record);

/// The status of a refusal, and its body without causes: {"code","message","request_id", details…}.
int error_status(const Error& error);
std::string error_body(const Error& error, std::string_view request_id);

}  // namespace farshore::api::admin
