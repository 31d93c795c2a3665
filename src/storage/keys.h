// SPDX-License-Identifier: Apache-2.0
// The rows of a bucket's partition: which keys they have and how they sort.
//
//   row        := class rest                                            class: 1 byte
//   escaped    := the object key with 00 written as 00 FF, ended by 00 01   (so that byte order of keys is kept)
//   order      := ~time(8) ~region(2) ~partition(8)                     big endian, inverted: the newest sorts first
//
//   'g'                              BucketSettings: the guard
//   'h' escaped                      the current version of a key, or its void tombstone
//   'v' escaped order                a noncurrent version
//   'i' escaped version-id-text      order: where a version stands whose order is not the one in its id, and every noncurrent null
//   't' escaped version-id-text      tombstone of a deleted version: Order of its deletion
//   'd' …                            references held by readers of replaced content (objects/read_pins.h)
//   'u' escaped upload-id            a multipart upload
//   'p' upload-id part-number(4)     a stored part
//   'r' rule-id                      ReplicationRule of this bucket (source side)
//   'q' rule-id                      IncomingRule (destination side)
//   'c' rule-id                      checkpoint of the rule's task (source side)
//   'k' rule-id 00 sequence(8)       a parked change (source side)
//   'w' stream                       position of a stream: low water and epoch (destination side)
//   'a' stream sequence(8)           a change above the low water that has been applied (destination side); without
//                                    versioning its value is the start of the SHA-256 of the object key
//   's' stream transfer              a staged transfer of a large object (destination side)
//
// A stream is rule-id 00 source-partition(10).
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "model/ids.h"
#include "model/order.h"
#include "model/version_id.h"

namespace farshore::storage {

void append_big_endian(Bytes& out, std::uint64_t value, std::size_t width);
std::uint64_t read_big_endian(BytesView bytes);

Bytes escape_key(std::string_view key);
/// The object key inside a row key of class h, v, i, t or u, starting behind the class byte; what follows the escaped key is
/// left in `rest`.
ObjectKey unescape_key(BytesView row_behind_class, BytesView* rest = nullptr);
Bytes encode_order(const Order& order);
Order decode_order(BytesView bytes);

Bytes guard_row();
Bytes head_row(const ObjectKey& key);
Bytes version_row(const ObjectKey& key, const Order& order);
/// Begin of all noncurrent rows of the key; append nothing. See prefix_end for the end.
Bytes version_rows(const ObjectKey& key);
Bytes alias_row(const ObjectKey& key, const VersionId& id);
Bytes tombstone_row(const ObjectKey& key, const VersionId& id);
Bytes upload_row(const ObjectKey& key, const UploadId& id);
Bytes part_row(const UploadId& id, PartNumber part);
Bytes part_rows(const UploadId& id);
Bytes rule_row(const RuleId& id);
Bytes incoming_row(const RuleId& id);
Bytes checkpoint_row(const RuleId& id);
Bytes parked_row(const RuleId& id, Sequence sequence);
Bytes parked_rows(const RuleId& id);

/// The smallest key above every key that begins with `prefix`; empty if there is none.
Bytes prefix_end(BytesView prefix);

/// A stream of changes: one rule, one source partition.
Bytes stream_name(const RuleId& rule, const PartitionId& source);
Bytes low_water_row(BytesView stream);
Bytes applied_row(BytesView stream, Sequence sequence);
Bytes applied_rows(BytesView stream);

}  // namespace farshore::storage
