// SPDX-License-Identifier: Apache-2.0
#include "storage/records.h"

#include "storage/record_fields.h"

namespace farshore::storage {
namespace {

// The numbers below are the format; docs/formats/records.md explains them. A number that goes out of use is never given again.
// Fields 1 to 15 cost a byte less, so what every object has comes there.

using UserEntry = std::pair<std::string, std::string>;

struct OriginFields {
  template <class Fields, class Value>
  bool operator()(Fields& f, Value& v) const {
    return f.number(1, v.region) || f.number(2, v.bucket) || f.number(3, v.sequence) || f.order(4, v.order);
  }
};

struct VersionFields {
  template <class Fields, class Value>
  bool operator()(Fields& f, Value& v) const {
    // What there may be ten thousand of comes first: the reader tries the list from its begin for every field.
    return f.pairs(12, v.pieces, &Piece::blob, &Piece::size) || f.list(35, v.part_sizes) ||  //
           f.version_id(1, v.id) || f.order(2, v.order) ||
           f.one_of(5, v.kind, VersionKind::kData, VersionKind::kVoid) ||
           f.one_of(6, v.type, ObjectType::kNormal, ObjectType::kSymlink) ||
           f.one_of(7, v.storage_class, StorageClass::kStandard, StorageClass::kDeepColdArchive) ||
           f.number(8, v.size) || f.text(9, v.etag) || f.number(10, v.crc64) || f.number(11, v.last_modified_millis) ||
           f.text(14, v.metadata.content_type) || f.text(16, v.content_md5) || f.text(17, v.metadata.cache_control) ||
           f.text(18, v.metadata.content_disposition) || f.text(19, v.metadata.content_encoding) ||
           f.text(20, v.metadata.content_language) || f.text(21, v.metadata.expires) ||
           f.pairs(22, v.metadata.user, &UserEntry::first, &UserEntry::second) || f.pairs(24, v.tags, &Tag::key, &Tag::value) ||
           f.stamp(26, v.tags_stamp) || f.one_of(28, v.acl, ObjectAcl::kDefault, ObjectAcl::kPublicReadWrite) ||
           f.stamp(29, v.acl_stamp) || f.text(31, v.symlink_target) ||
           f.one_of(32, v.sealing.algorithm, Encryption::kNone, Encryption::kSm4) || f.text(33, v.sealing.wrapped_key) ||
           f.text(34, v.sealing.kms_key_id) || f.nested(36, v.origin, OriginFields());
  }
};

struct ChangeFields {
  template <class Fields, class Value>
  bool operator()(Fields& f, Value& v) const {
    return f.one_of(1, v.kind, ChangeKind::kPutVersion, ChangeKind::kPutAcl, ChangeKind::kPutVersion) || f.text(2, v.key) ||
           f.version_id(3, v.version) || f.order(4, v.order) ||
           f.one_of(7, v.version_kind, VersionKind::kData, VersionKind::kVoid) || f.number(8, v.size) ||
           f.one_of(9, v.storage_class, StorageClass::kStandard, StorageClass::kDeepColdArchive) ||
           f.one_of(10, v.encryption, Encryption::kNone, Encryption::kSm4) || f.nested(11, v.origin, OriginFields()) ||
           f.order(12, v.content);
  }
};

struct SettingsFields {
  template <class Fields, class Value>
  bool operator()(Fields& f, Value& v) const {
    return f.number(1, v.id) || f.text(2, v.name) || f.text(3, v.owner) || f.text(4, v.region) || f.number(5, v.created_millis) ||
           f.one_of(6, v.acl, BucketAcl::kPrivate, BucketAcl::kPublicReadWrite) ||
           f.one_of(7, v.storage_class, StorageClass::kStandard, StorageClass::kDeepColdArchive) ||
           f.one_of(8, v.versioning, Versioning::kDisabled, Versioning::kSuspended) || f.text(9, v.policy) ||
           f.one_of(10, v.default_encryption, Encryption::kNone, Encryption::kSm4) || f.flag(11, v.deleted) ||
           f.list(12, v.outgoing_rules) || f.list(13, v.incoming_rules);
  }
};

struct RuleFields {
  template <class Fields, class Value>
  bool operator()(Fields& f, Value& v) const {
    return f.text(1, v.id) || f.list(2, v.prefixes) || f.text(3, v.action.text, "ALL") || f.flag(4, v.action.put, true) ||
           f.flag(5, v.action.remove, true) || f.flag(6, v.action.abort, true) || f.text(7, v.destination_name) ||
           f.number(8, v.destination_bucket) || f.text(9, v.destination_owner) || f.text(10, v.destination_region) ||
           f.flag(11, v.transfer_acceleration) || f.flag(12, v.historical, true) || f.text(13, v.sync_role_name) ||
           f.text(14, v.sync_role) || f.text(16, v.source_owner) || f.number(17, v.source_bucket) || f.number(18, v.effective) ||
           f.number(19, v.created_millis) || f.number(20, v.closing_millis);
  }
};

struct IncomingFields {
  template <class Fields, class Value>
  bool operator()(Fields& f, Value& v) const {
    return f.text(1, v.id) || f.number(2, v.source_bucket) || f.text(3, v.source_name) || f.text(4, v.source_region) ||
           f.text(5, v.source_owner) || f.text(6, v.sync_role) || f.flag(7, v.confirmed) || f.number(8, v.registered_millis);
  }
};

template <class List, class Value>
Bytes encode(const Value& value, std::size_t size_hint) {
  FieldWriter fields(size_hint);
  List()(fields, value);
  return std::move(fields).take();
}

template <class List, class Value>
Result<Value> decode(BytesView bytes, std::string_view name) {
  Value value;
  FieldReader fields(bytes);
  while (fields.next()) List()(fields, value);
  if (!fields.ok()) return Error(ErrorCode::kCorrupt, "a stored record cannot be read").with("record", name);
  return value;
}

// What a record of ordinary size takes, so that writing it allocates once.
constexpr std::size_t kRecordBytesUsual = 256;
constexpr std::size_t kPieceBytesMax = 32;

}  // namespace

Bytes encode_version(const Version& version) {
  return encode<VersionFields>(version, kRecordBytesUsual + kPieceBytesMax * version.pieces.size());
}
Result<Version> decode_version(BytesView bytes) { return decode<VersionFields, Version>(bytes, "version"); }
Bytes encode_change(const Change& change) { return encode<ChangeFields>(change, kRecordBytesUsual / 2 + change.key.get().size()); }
Result<Change> decode_change(BytesView bytes) { return decode<ChangeFields, Change>(bytes, "change"); }
Bytes encode_settings(const BucketSettings& settings) { return encode<SettingsFields>(settings, kRecordBytesUsual + settings.policy.size()); }
Result<BucketSettings> decode_settings(BytesView bytes) { return decode<SettingsFields, BucketSettings>(bytes, "settings"); }
Bytes encode_rule(const ReplicationRule& rule) { return encode<RuleFields>(rule, kRecordBytesUsual); }
Result<ReplicationRule> decode_rule(BytesView bytes) { return decode<RuleFields, ReplicationRule>(bytes, "rule"); }
Bytes encode_incoming(const IncomingRule& rule) { return encode<IncomingFields>(rule, kRecordBytesUsual); }
Result<IncomingRule> decode_incoming(BytesView bytes) { return decode<IncomingFields, IncomingRule>(bytes, "incoming rule"); }

}  // namespace farshore::storage
