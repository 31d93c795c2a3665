// SPDX-License-Identifier: Apache-2.0
// The rows of the directory partition: their keys, their content and its encoding. Grammar: docs/formats/directory.md.
//
//   key   := class rest                                 class: 1 byte; names are in lower case
//   'A' uid                                             AccountEntry
//   'U' uid name                                        UserEntry
//   'K' access-key-id                                   AccessKeyEntry
//   'R' uid name                                        RoleEntry
//   'P' uid name                                        PolicyEntry (custom policies; system ones are built in)
//   'T' kind entity-id policy-type name                 AttachmentEntry      kind, policy-type: 1 byte
//   'B' bucket-name                                     BucketEntry
//   'M' region-id                                       MintingKeyEntry
//   '0'                                                 sequence(8, big endian) epoch(8): the head, written by every change
//   value := record { 1: sequence of the change that wrote the row, 2: entry record }
//
// uid has 16 and entity-id 18 characters, so that what follows needs no separator.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/tagged.h"
#include "model/ids.h"

namespace farshore::identity {

/// Numbers the changes of the directory from 1 without gaps, the same in every region. Also the version of a row.
using DirectorySequence = Tagged<std::uint64_t, struct DirectorySequenceTag>;

enum class EntityKind : char { kUser = 'u', kRole = 'r' };
enum class PolicyType : char { kSystem = 's', kCustom = 'c' };

struct AccountEntry {
  AccountUid uid;
  std::string name;
  std::vector<RegionId> regions;  ///< where its secrets may be and its tokens may come from; empty: everywhere
  std::int64_t created_millis = 0;
  std::int64_t sessions_valid_from_millis = 0;  ///< root sessions issued before are revoked
  bool accepts(const RegionId& region) const;
  friend bool operator==(const AccountEntry&, const AccountEntry&) = default;
};

struct UserEntry {
  AccountUid account;
  UserId id;
  std::string name, display_name, comments, mobile_phone, email;
  std::int64_t created_millis = 0, updated_millis = 0;
  std::int64_t sessions_valid_from_millis = 0;
  friend bool operator==(const UserEntry&, const UserEntry&) = default;
};

struct AccessKeyEntry {
  AccessKeyId id;
  AccountUid account;
  UserId user;         ///< empty: the account's root
  bool active = true;
  std::int64_t created_millis = 0;
  Bytes sealed_secret;  ///< see SecretSealer; purpose is the access key id
  friend bool operator==(const AccessKeyEntry&, const AccessKeyEntry&) = default;
};

struct RoleEntry {
  AccountUid account;
  RoleId id;
  std::string name;  ///< as typed; unique in the account ignoring case
  std::string description;
  std::string trust_policy;  ///< byte for byte as given
  std::uint32_t session_max_seconds = 3600;
  std::int64_t created_millis = 0, updated_millis = 0;
  std::int64_t sessions_valid_from_millis = 0;
  friend bool operator==(const RoleEntry&, const RoleEntry&) = default;
};

struct PolicyVersion {
  std::uint32_t number = 1;  ///< "v1"
  std::string document;      ///< byte for byte as given
  std::int64_t created_millis = 0;
  friend bool operator==(const PolicyVersion&, const PolicyVersion&) = default;
};

struct PolicyEntry {
  AccountUid account;  ///< empty for system policies
  PolicyType type = PolicyType::kCustom;
  std::string name;
  std::string description;
  std::uint32_t default_version = 1;
  std::uint32_t next_version = 2;  ///< numbers are never used again
  std::vector<PolicyVersion> versions;  ///< by rising number
  std::int64_t created_millis = 0, updated_millis = 0;
  const PolicyVersion* find(std::uint32_t number) const;
  friend bool operator==(const PolicyEntry&, const PolicyEntry&) = default;
};

struct AttachmentEntry {
  EntityKind kind = EntityKind::kUser;
  std::string entity;  ///< user id or role id
  AccountUid account;  ///< of the entity
  PolicyType type = PolicyType::kCustom;
  std::string policy;  ///< name as typed when it was made
  std::int64_t attached_millis = 0;
  friend bool operator==(const AttachmentEntry&, const AttachmentEntry&) = default;
};

struct BucketEntry {
  BucketName name;
  BucketId id;
  AccountUid owner;
  RegionId region;
  std::int64_t created_millis = 0;
  friend bool operator==(const BucketEntry&, const BucketEntry&) = default;
};

/// What a region mints session tokens with.
struct MintingKeyEntry {
  RegionId region;
  Bytes sealed_key;  ///< 32 bytes under the SecretSealer; purpose is "minting " + region
  std::int64_t created_millis = 0;
  friend bool operator==(const MintingKeyEntry&, const MintingKeyEntry&) = default;
};

Bytes account_row(const AccountUid& uid);
Bytes user_row(const AccountUid& account, std::string_view name);
Bytes access_key_row(const AccessKeyId& id);
Bytes role_row(const AccountUid& account, std::string_view name);
Bytes policy_row(const AccountUid& account, std::string_view name);
Bytes attachment_row(EntityKind kind, std::string_view entity, PolicyType type, std::string_view policy);
Bytes bucket_row(const BucketName& name);
Bytes minting_key_row(const RegionId& region);
Bytes directory_head_row();

Bytes encode(const AccountEntry& entry);
Bytes encode(const UserEntry& entry);
Bytes encode(const AccessKeyEntry& entry);
Bytes encode(const RoleEntry& entry);
Bytes encode(const PolicyEntry& entry);
Bytes encode(const AttachmentEntry& entry);
Bytes encode(const BucketEntry& entry);
Bytes encode(const MintingKeyEntry& entry);
/// Fails with kCorrupt; unknown fields are skipped. For the entry types above.
template <class Entry>
Result<Entry> decode_entry(BytesView bytes);

/// A row's value: the change that wrote it and the entry.
struct StampedValue {
  DirectorySequence version;
  Bytes entry;
};
Bytes encode_stamped(DirectorySequence version, BytesView entry);
Result<StampedValue> decode_stamped(BytesView value);

}  // namespace farshore::identity
