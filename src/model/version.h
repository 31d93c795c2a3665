// SPDX-License-Identifier: Apache-2.0
// Version: one immutable content of an object, or a delete marker, with all that is known about it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/ids.h"
#include "model/order.h"
#include "model/version_id.h"

namespace farshore {

/// kVoid is no version: the hidden tombstone of an unversioned (null) deletion, kept in the head's place until every
/// position that could still replay an older change has passed. Clients never see it.
enum class VersionKind : std::uint8_t { kData = 0, kDeleteMarker = 1, kSymlink = 2, kVoid = 3 };
enum class ObjectType : std::uint8_t { kNormal = 0, kMultipart = 1, kAppendable = 2, kSymlink = 3 };
enum class StorageClass : std::uint8_t { kStandard = 0, kIa = 1, kArchive = 2, kColdArchive = 3, kDeepColdArchive = 4 };
enum class ObjectAcl : std::uint8_t { kDefault = 0, kPrivate = 1, kPublicRead = 2, kPublicReadWrite = 3 };
enum class Encryption : std::uint8_t { kNone = 0, kAes256 = 1, kKms = 2, kSm4 = 3 };

struct Tag {
  std::string key;
  std::string value;
  friend bool operator==(const Tag&, const Tag&) = default;
};
using TagSet = std::vector<Tag>;  ///< at most 10, keys distinct

/// Headers replayed on reads. Values are bytes as the client sent them.
struct ObjectMetadata {
  std::string content_type;
  std::string cache_control;
  std::string content_disposition;
  std::string content_encoding;
  std::string content_language;
  std::string expires;
  std::vector<std::pair<std::string, std::string>> user;  ///< names lower-case, without x-oss-meta-, sorted
  friend bool operator==(const ObjectMetadata&, const ObjectMetadata&) = default;
};

/// How the content is sealed. The data key is wrapped; each blob is sealed under a key derived from it and the blob's id.
struct Sealing {
  Encryption algorithm = Encryption::kNone;
  std::string wrapped_key;  ///< empty for kNone
  std::string kms_key_id;   ///< kKms only
  friend bool operator==(const Sealing&, const Sealing&) = default;
};

/// A run of the content: one blob and how many content bytes it holds. A multipart result has one per part.
struct Piece {
  BlobId blob;
  std::uint64_t size = 0;
  friend bool operator==(const Piece&, const Piece&) = default;
};

/// Where a replica comes from. A direct write has none.
struct Origin {
  RegionNumber region;
  BucketId bucket;
  Sequence sequence;
  Order order;  ///< the order at the source, before any raise here
  friend bool operator==(const Origin&, const Origin&) = default;
};

/// When and by whom tags (or the ACL) were last set: concurrent two-way changes converge on the greater stamp.
struct ChangeStamp {
  HybridTime time;
  RegionNumber region;
  friend auto operator<=>(const ChangeStamp&, const ChangeStamp&) = default;
};

struct Version {
  VersionId id;
  Order order;
  VersionKind kind = VersionKind::kData;
  ObjectType type = ObjectType::kNormal;
  StorageClass storage_class = StorageClass::kStandard;
  std::uint64_t size = 0;
  std::string etag;              ///< without quotes: 32 upper-case hex digits, or those and "-<parts>"
  std::string content_md5;       ///< base64, kNormal only
  std::uint64_t crc64 = 0;
  std::int64_t last_modified_millis = 0;  ///< wall time of the write at its source; replicas keep it
  ObjectMetadata metadata;
  TagSet tags;
  ChangeStamp tags_stamp;
  ObjectAcl acl = ObjectAcl::kDefault;
  ChangeStamp acl_stamp;
  std::string symlink_target;
  Sealing sealing;
  std::vector<Piece> pieces;
  std::vector<std::uint64_t> part_sizes;  ///< kMultipart only, in part order
  std::optional<Origin> origin;
  friend bool operator==(const Version&, const Version&) = default;
};

}  // namespace farshore
