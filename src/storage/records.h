// SPDX-License-Identifier: Apache-2.0
// Versioned record formats of what partitions hold. Grammar: docs/formats/records.md; field numbers are never reused.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "codec/record.h"
#include "model/bucket.h"
#include "model/change.h"
#include "model/replication_rule.h"
#include "model/version.h"

namespace farshore::storage {

// Every decode fails with kCorrupt and never reads past its input. An unknown field is skipped: a newer writer may have it.
Bytes encode_version(const Version& version);
Result<Version> decode_version(BytesView bytes);
Bytes encode_change(const Change& change);
Result<Change> decode_change(BytesView bytes);
Bytes encode_settings(const BucketSettings& settings);
Result<BucketSettings> decode_settings(BytesView bytes);
Bytes encode_rule(const ReplicationRule& rule);
Result<ReplicationRule> decode_rule(BytesView bytes);
Bytes encode_incoming(const IncomingRule& rule);
Result<IncomingRule> decode_incoming(BytesView bytes);

}  // namespace farshore::storage
