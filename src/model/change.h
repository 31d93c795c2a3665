// SPDX-License-Identifier: Apache-2.0
// Change: what a journal record says happened to an object. Replication, events and explain read nothing else of the past.
#pragma once

#include <cstdint>
#include <optional>

#include "model/ids.h"
#include "model/order.h"
#include "model/version.h"

namespace farshore {

enum class ChangeKind : std::uint8_t {
  kPutVersion = 1,     ///< a content was written: put, copy, complete, append
  kInsertMarker = 2,   ///< a delete marker was inserted
  kDeleteVersion = 3,  ///< a version (or marker) was deleted for good; version null: the object of an unversioned bucket
  kPutTags = 4,        ///< the tags of a version changed
  kPutAcl = 5,         ///< the ACL of a version changed
};

/// One entry of a bucket's journal. The sequence and the commit time are the entry's own (storage/partition.h).
struct Change {
  ChangeKind kind = ChangeKind::kPutVersion;
  ObjectKey key;
  VersionId version;
  Order order;  ///< of the version; for kDeleteVersion: of the deletion itself
  Order content;  ///< kDeleteVersion of a null version: the source order of what was deleted; zero otherwise
  VersionKind version_kind = VersionKind::kData;  ///< what was written or deleted
  std::uint64_t size = 0;
  StorageClass storage_class = StorageClass::kStandard;
  Encryption encryption = Encryption::kNone;
  std::optional<Origin> origin;  ///< present: written by replication, so no rule forwards it
  friend bool operator==(const Change&, const Change&) = default;
};

}  // namespace farshore
