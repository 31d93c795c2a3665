// SPDX-License-Identifier: Apache-2.0
// Listings of a bucket: its current objects, and all versions. In byte order of keys.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "objects/bucket.h"

namespace farshore::objects {

/// A call looks at this many rows at most; then it ends early, truncated, even with an empty page.
inline constexpr std::size_t kListRowsMax = 20000;

struct ListObjects {
  std::string prefix;
  std::string delimiter;  ///< empty: none
  /// Exclusive. One that is a whole common prefix skips every key under it.
  std::string marker;
  std::size_t entries_max = 100;  ///< keys and common prefixes together
};
struct ListedObject {
  ObjectKey key;
  Version version;
};
struct ObjectsPage {
  std::vector<ListedObject> objects;
  std::vector<std::string> common_prefixes;
  bool truncated = false;
  std::string next_marker;  ///< last key or common prefix seen; set when truncated
};
/// Current data versions; keys whose current version is a delete marker are hidden.
Task<Result<ObjectsPage>> list_objects(OpContext op, BucketRef bucket, ListObjects list);

struct ListVersions {
  std::string prefix;
  std::string delimiter;
  std::string key_marker;
  std::optional<VersionId> version_id_marker;  ///< only with a key marker; nothing: behind all versions of that key
  std::size_t entries_max = 100;
};
struct ListedVersion {
  ObjectKey key;
  Version version;  ///< kind tells a delete marker from data
  bool is_latest = false;
};
struct VersionsPage {
  std::vector<ListedVersion> versions;  ///< by key, then newest first
  std::vector<std::string> common_prefixes;
  bool truncated = false;
  std::string next_key_marker;                      ///< set when truncated
  std::optional<VersionId> next_version_id_marker;  ///< nothing after a common prefix
};
Task<Result<VersionsPage>> list_versions(OpContext op, BucketRef bucket, ListVersions list);

}  // namespace farshore::objects
