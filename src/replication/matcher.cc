// SPDX-License-Identifier: Apache-2.0
#include "replication/matcher.h"

#include <algorithm>

namespace farshore::replication {

bool in_prefixes(const ReplicationRule& rule, const ObjectKey& key) {
  return rule.prefixes.empty() ||
         std::any_of(rule.prefixes.begin(), rule.prefixes.end(), [&](const std::string& prefix) { return key.get().starts_with(prefix); });
}

std::optional<Reason> skip_reason(const ReplicationRule& rule, const Change& change) {
  if (change.origin) return Reason::kIsReplica;
  if (!in_prefixes(rule, change.key)) return Reason::kOutsidePrefixes;
  switch (change.kind) {
    case ChangeKind::kPutVersion:
    case ChangeKind::kPutTags:
    case ChangeKind::kPutAcl:
      if (!rule.action.put) return Reason::kActionExcludesPut;
      break;
    case ChangeKind::kInsertMarker:
      // Rule: OSS, data replication 2.4: a delete marker is a write; PUT carries it, and so does ALL or DELETE.
      if (!rule.action.put && !rule.action.remove) return Reason::kActionExcludesPut;
      return std::nullopt;
    case ChangeKind::kDeleteVersion:
      if (!rule.action.remove) return Reason::kActionExcludesDelete;
      return std::nullopt;
  }
  if (change.encryption == Encryption::kKms) return Reason::kKmsNotSelected;
  if (change.storage_class == StorageClass::kColdArchive || change.storage_class == StorageClass::kDeepColdArchive) return Reason::kColdArchive;
  return std::nullopt;
}

std::optional<Reason> skip_reason(const ReplicationRule& rule, const ObjectKey& key, const Version& version) {
  Change change;
  change.kind = version.kind == VersionKind::kDeleteMarker ? ChangeKind::kInsertMarker : ChangeKind::kPutVersion;
  change.key = key;
  change.version = version.id;
  change.order = version.order;
  change.version_kind = version.kind;
  change.size = version.size;
  change.storage_class = version.storage_class;
  change.encryption = version.sealing.algorithm;
  change.origin = version.origin;
  return skip_reason(rule, change);
}

}  // namespace farshore::replication
