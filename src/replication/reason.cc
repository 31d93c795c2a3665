// SPDX-License-Identifier: Apache-2.0
#include "replication/reason.h"

namespace farshore::replication {

std::string_view reason_name(Reason reason) {
  switch (reason) {
#define X(name, text, sentence) \
  case Reason::k##name: return text;
    FS_REPLICATION_REASONS(X)
#undef X
  }
  return "unknown";
}

std::string_view reason_text(Reason reason) {
  switch (reason) {
#define X(name, text, sentence) \
  case Reason::k##name: return sentence;
    FS_REPLICATION_REASONS(X)
#undef X
  }
  return "unknown";
}

std::string_view reason_remedy(Reason reason) {
  switch (reason) {
    case Reason::kOutsidePrefixes: return "create a rule without prefixes or with one that covers the key";
    case Reason::kIsReplica: return "create a rule from the original bucket to this destination";
    case Reason::kActionExcludesPut:
    case Reason::kActionExcludesDelete: return "rules cannot be edited: delete the rule and create one with Action ALL";
    case Reason::kKmsNotSelected: return "create a rule with SseKmsEncryptedObjects enabled and a destination key";
    case Reason::kColdArchive: return "copy the object to another storage class";
    case Reason::kBeforeRule: return "delete the rule and create it with HistoricalObjectReplication enabled";
    case Reason::kDeleteNotAllowed: return "grant oss:ReplicateDelete to the role in the destination's bucket policy";
    case Reason::kSourceUnreadable: return "look at the source region's log for the storage error; scrub the disk";
    case Reason::kRefused: return "see the destination's answer in the details";
    case Reason::kRoleGone: return "create the role again is not enough, for rules are bound to its id: delete the rule and create it anew";
    case Reason::kSourceDenied: return "attach a policy to the role that allows oss:ReplicateList and oss:ReplicateGet on the source bucket and its objects";
    case Reason::kDestinationDenied: return "grant oss:ReplicatePut to the role in the destination's bucket policy (role name in lower case)";
    case Reason::kDestinationGone: return "create the destination bucket again under the same owner, or delete the rule";
    case Reason::kRuleUnknownThere: return "delete the rule and create it anew";
    case Reason::kDestinationFull: return "free or add space at the destination region";
    case Reason::kSourceRestored: return "delete the rule and create it anew with history, so that the bucket is compared from the start";
    case Reason::kUnreachable: return "look at the network between the regions and at the destination's process";
    case Reason::kDestinationBusy:
    case Reason::kDestinationFailing: return "look at the destination region's log";
    case Reason::kSuperseded:
    case Reason::kNotAtSource:
    case Reason::kQueued:
    case Reason::kDelivered: return "";
  }
  return "";
}

}  // namespace farshore::replication
