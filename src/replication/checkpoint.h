// SPDX-License-Identifier: Apache-2.0
// Checkpoint: a rule task's cursor made durable. Grammar: docs/formats/records.md.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "model/hybrid_time.h"
#include "model/ids.h"

namespace farshore::replication {

/// Everything up to `settled` is settled: at the destination, skipped, superseded or durably parked. The historical scan
/// has settled every key up to `history_key`. Written in the source partition's own row; what it says is never ahead of the truth.
struct Checkpoint {
  Sequence settled;
  Sequence effective;               ///< of the commit that stored the rule: what is older is history, wherever the stream resumes
  std::uint64_t epoch = 0;          ///< of the task's last start
  std::uint64_t store = 0;          ///< the destination partition's identity when it was last opened
  Sequence folded_there;            ///< the low water the destination is known to hold durably
  HybridTime history_until;         ///< the scan takes versions stamped up to here; 0 until the task first ran
  bool behind_gap = false;          ///< the journal had a gap once: up to `history_until` the scan stands in for it, even of a rule without history
  bool history_done = false;
  std::string history_key;          ///< the last key whose versions are all settled, and covered by `history_mark`
  std::uint64_t history_mark = 0;   ///< stored at the destination behind what it covers: a copy that lacks it may lack that
  bool history_counted = false;
  std::uint64_t history_total = 0;
  std::uint64_t history_settled = 0;
  /// The partition's last sequence when the task started first after it last had a stream; 0 while it has one. The destination cannot
  /// know of later ones, unless this store is an older copy of the one that sent them.
  Sequence unopened_since;
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

Bytes encode_checkpoint(const Checkpoint& checkpoint);
Result<Checkpoint> decode_checkpoint(BytesView bytes);

}  // namespace farshore::replication
