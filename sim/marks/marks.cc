// SPDX-License-Identifier: Apache-2.0
#include "sim/marks/marks.h"

#include <algorithm>
#include <iterator>

namespace farshore::sim {

const std::vector<Mark>& marks() {
  static const std::vector<Mark> kAll = {
      {"backend.log_ended", "a write or sync of the log failed, and its epoch ended"},
      {"backend.opened", "a local store was opened (again)"},
      {"backend.orphans_removed", "contents that no commit had adopted were found at a start"},
      {"backend.blob_damaged", "the scrubber found a damaged content"},
      {"directory.behind_home", "an answer waited in vain for a region to have a change of the directory"},
      {"peer.connect_failed", "a region could not be reached"},
      {"peer.link_silent", "a link was given up because nothing was heard"},
      {"peer.link_cut", "a link ended in the middle of something"},
      {"replication.stalled=role_gone", "the role was gone, or not trusted"},
      {"replication.stalled=source_denied", "the role might not read"},
      {"replication.stalled=destination_denied", "the bucket policy did not grant the role"},
      {"replication.stalled=destination_gone", "the destination bucket was gone"},
      {"replication.stalled=rule_unknown_there", "the destination did not know the rule"},
      {"replication.stalled=destination_full", "the destination's disk was full"},
      {"replication.stalled=source_restored", "the source was put back to an older copy"},
      {"replication.stalled=unreachable", "the destination could not be reached"},
      {"replication.stalled=destination_failing", "the destination answered with an internal error"},
      {"replication.resumed", "a stall healed"},
      {"replication.parked=delete_not_allowed", "a deletion was parked"},
      {"replication.parked=source_unreadable", "a content that could not be read was parked"},
      {"replication.skipped=outside_prefixes", "a rule passed over a key"},
      {"replication.skipped=is_replica", "a rule did not forward a replica"},
      {"replication.skipped=action_excludes_put", "a rule for deletions passed over a content"},
      {"replication.skipped=action_excludes_delete", "a rule for contents passed over a deletion"},
      {"replication.skipped=cold_archive", "a rule passed over a content of a cold storage class"},
      {"replication.skipped=superseded", "a version was replaced or deleted before it was sent"},
      {"replication.explained=queued", "a version was asked for while it waited"},
      {"replication.explained=before_rule", "a version was asked for that is older than its rule"},
      {"replication.explained=unreachable", "a version was asked for while its destination was away"},
      {"replication.position_went_back", "the destination was put back to an older copy"},
      {"replication.journal_gap", "the journal no longer held what the destination lacked, and the bucket was walked instead"},
      {"replication.checkpoint_failed", "a checkpoint could not be stored"},
      {"replication.closing_waits", "a closing rule waited for its destination"},
      {"replication.rule_gone", "a rule was deleted and everything of it was gone"},
  };
  return kAll;
}

std::vector<Mark> unreached(const SimTrace::Events& events) {
  std::vector<Mark> missing;
  std::copy_if(marks().begin(), marks().end(), std::back_inserter(missing), [&](const Mark& mark) { return !events.contains(mark.event); });
  return missing;
}

}  // namespace farshore::sim
