// SPDX-License-Identifier: Apache-2.0
// The calls between two regions' replication engines, and their encodings (docs/formats/peer-link.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "model/change.h"
#include "model/replication_rule.h"
#include "model/version.h"

namespace farshore::replication {

/// Method numbers of the peer link. Never reused.
enum class PeerMethod : std::uint16_t {
  kHello = 1,
  kOpenStream = 2,
  kApply = 3,
  kSettle = 4,
  kStagedRanges = 5,
  kStageRange = 6,
  kRegisterRule = 7,
  kConfirmRule = 8,
  kRemoveRule = 9,
  kLocate = 10,
  kDirectorySubmit = 20,
  kDirectoryFeed = 21,
  kDirectoryState = 22,
};

/// Opens (or opens anew) a stream of changes: one rule, one source partition.
struct StreamOpen {
  RuleId rule;
  PartitionId source;
  BucketId destination;
  std::uint64_t epoch = 0;        ///< rises with every start of the task; an older sender is refused
  std::uint64_t directory = 0;    ///< directory sequence the sender decides under; the receiver catches up first
  RegionId caller;  ///< who asks, set by the callee from the proven connection, never from the wire; empty: this region itself
  std::uint64_t opening = 0;       ///< settle: the position it goes on from
  std::uint64_t history_mark = 0;  ///< settle: stored, if it is greater than the one there; 0: none
};

/// What the receiver has durably applied. Everything up to low_water is settled, and so are the sequences listed above it; the highest one is
/// always among them, but of many not all.
struct StreamPosition {
  std::uint64_t store = 0;  ///< identity of the destination's partition: another one has another history
  Sequence low_water;
  std::vector<Sequence> applied;
  std::uint64_t opening = 0;       ///< names this answer: who settles says which one he goes on from
  std::uint64_t history_mark = 0;  ///< the last one that was stored: history has no sequences, so this is all that a copy can tell of it
  bool staging = true;             ///< ranges of large objects may be there already: ask before you send any
};

/// One change on its way. The version is as it stands at the source, without pieces and sealing.
struct ChangeMessage {
  RuleId rule;
  PartitionId source;
  std::uint64_t epoch = 0;
  Sequence sequence;  ///< 0: a historical version
  ChangeKind kind = ChangeKind::kPutVersion;
  ObjectKey key;
  Version version;             ///< kPutVersion, kInsertMarker; kPutTags, kPutAcl: id, tags, ACL and stamps only
  Order deletion;              ///< kDeleteVersion: of the deletion
  Order content;               ///< kDeleteVersion of a null version: the source order of what was deleted (Change::content)
  Encryption encryption = Encryption::kNone;  ///< how the source holds it
  std::optional<std::string> staged;  ///< content was staged under this transfer name; else it is the call's body
};

enum class Outcome : std::uint8_t {
  kApplied = 0,
  kAlreadyThere = 1,
  kSuperseded = 2,
};

/// Ranges of a large object that lie durably staged.
struct StagedRange {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};
struct StageRange {
  RuleId rule;
  PartitionId source;
  std::string transfer;  ///< names the content: version id, or order and size for null
  std::uint64_t offset = 0;
  ObjectKey key;
  Encryption encryption = Encryption::kNone;  ///< how the source holds it
};
struct StagedQuery {
  RuleId rule;
  PartitionId source;
  std::string transfer;
};

/// Asks the destination to accept a rule: bucket, quota, versioning and the role's rights are checked there.
struct RegisterRule {
  IncomingRule rule;
  BucketId destination;
  BucketName destination_name;
  bool source_versioned = false;
  std::uint64_t directory = 0;
};
struct RuleReference {
  RuleId rule;
  BucketId destination;
  RegionId caller;  ///< who asks, set by the callee from the proven connection, never from the wire; empty: this region itself
};

/// What stands at the destination for a key and version.
struct LocateQuery {
  BucketId destination;
  ObjectKey key;
  VersionId version;
  RegionId caller;  ///< who asks, set by the callee from the proven connection, never from the wire; empty: this region itself
};
struct LocateReply {
  bool found = false;
  Version version;
};

Bytes encode(const StreamOpen&);
Bytes encode(const StreamPosition&);
Bytes encode(const ChangeMessage&);
Bytes encode(Outcome);
Bytes encode(const std::vector<StagedRange>&);
Bytes encode(const StageRange&);
Bytes encode(const StagedQuery&);
Bytes encode(const RegisterRule&);
Bytes encode(const RuleReference&);
Bytes encode(const LocateQuery&);
Bytes encode(const LocateReply&);

// All fail with kProtocolViolation and never read past their input.
Result<StreamOpen> decode_stream_open(BytesView);
Result<StreamPosition> decode_stream_position(BytesView);
Result<ChangeMessage> decode_change_message(BytesView);
Result<Outcome> decode_outcome(BytesView);
Result<std::vector<StagedRange>> decode_staged_ranges(BytesView);
Result<StageRange> decode_stage_range(BytesView);
Result<StagedQuery> decode_staged_query(BytesView);
Result<RegisterRule> decode_register_rule(BytesView);
Result<RuleReference> decode_rule_reference(BytesView);
Result<LocateQuery> decode_locate_query(BytesView);
Result<LocateReply> decode_locate_reply(BytesView);

}  // namespace farshore::replication
