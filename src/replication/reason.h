// SPDX-License-Identifier: Apache-2.0
// Reason: the one list of why a change is not (yet) at the destination. Explain, metrics and admin print it.
#pragma once

#include <cstdint>
#include <string_view>

namespace farshore::replication {

#define FS_REPLICATION_REASONS(X)                                                                                    \
  /* skipped: this rule will never carry it */                                                                       \
  X(OutsidePrefixes, "outside_prefixes", "no prefix of the rule matches the key")                                    \
  X(IsReplica, "is_replica", "written by replication itself; replicas are not forwarded")                            \
  X(ActionExcludesPut, "action_excludes_put", "the rule's Action has no PUT")                                        \
  X(ActionExcludesDelete, "action_excludes_delete", "the rule's Action does not propagate this deletion")            \
  X(KmsNotSelected, "kms_not_selected", "the object is KMS-encrypted and the rule does not replicate such objects")  \
  X(ColdArchive, "cold_archive", "objects of the ColdArchive classes are never replicated")                          \
  X(BeforeRule, "before_rule", "older than the rule, and the rule does not replicate history")                       \
  /* superseded */                                                                                                   \
  X(Superseded, "superseded", "the version was overwritten or deleted before it was sent; the newer change follows") \
  X(NotAtSource, "not_at_source", "the source has no such version (any more), so there is nothing to send")          \
  /* parked: this change waits, others go on */                                                                      \
  X(DeleteNotAllowed, "delete_not_allowed", "the destination's bucket policy does not grant oss:ReplicateDelete")    \
  X(SourceUnreadable, "source_unreadable", "the content cannot be read at the source")                               \
  X(Refused, "refused", "the destination refused this change")                                                       \
  /* stalled: the whole rule waits */                                                                                \
  X(RoleGone, "role_gone", "the replication role does not exist any more or does not trust oss.aliyuncs.com")        \
  X(SourceDenied, "source_denied", "the role may not read the source bucket (oss:ReplicateGet, oss:ReplicateList)")  \
  X(DestinationDenied, "destination_denied", "the destination's bucket policy does not grant the role oss:ReplicatePut") \
  X(DestinationGone, "destination_gone", "the destination bucket does not exist any more")                           \
  X(RuleUnknownThere, "rule_unknown_there", "the destination does not know the rule")                                \
  X(DestinationFull, "destination_full", "the destination's storage is full")                                        \
  X(SourceRestored, "source_restored", "the destination has applied changes that this source does not have: the source's data was restored from an older copy") \
  X(Unreachable, "unreachable", "the destination region cannot be reached")                                          \
  X(DestinationBusy, "destination_busy", "the destination region cannot take more at the moment")                    \
  X(DestinationFailing, "destination_failing", "the destination region answers with an internal error")              \
  /* in progress */                                                                                                  \
  X(Queued, "queued", "waiting for its turn")                                                                        \
  X(Delivered, "delivered", "at the destination")

enum class Reason : std::uint8_t {
#define X(name, text, sentence) k##name,
  FS_REPLICATION_REASONS(X)
#undef X
};

/// "outside_prefixes": stable, for labels, JSON and records.
std::string_view reason_name(Reason reason);
/// A sentence for people.
std::string_view reason_text(Reason reason);
/// What to do about it; empty where nothing is to be done.
std::string_view reason_remedy(Reason reason);

}  // namespace farshore::replication
