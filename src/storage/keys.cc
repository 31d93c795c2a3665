// SPDX-License-Identifier: Apache-2.0
#include "storage/keys.h"

#include "base/check.h"

namespace farshore::storage {
namespace {

Bytes keyed(char row_class, const ObjectKey& key) {
  Bytes row(1, row_class);
  row += escape_key(key.get());
  return row;
}

}  // namespace

void append_big_endian(Bytes& out, std::uint64_t value, std::size_t width) {
  for (std::size_t i = width; i-- > 0;) out += static_cast<char>(value >> (8 * i));
}

std::uint64_t read_big_endian(BytesView bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

Bytes escape_key(std::string_view key) {
  Bytes out;
  out.reserve(key.size() + 2);
  for (const char c : key) {
    out += c;
    if (c == '\0') out += '\xFF';
  }
  out += '\0';
  out += '\x01';
  return out;
}

ObjectKey unescape_key(BytesView row, BytesView* rest) {
  std::string key;
  std::size_t at = 0;
  for (; at + 1 < row.size(); ++at) {
    if (row[at] != '\0') {
      key += row[at];
      continue;
    }
    if (row[++at] == '\x01') break;
    key += '\0';
  }
  if (rest != nullptr) *rest = at + 1 <= row.size() ? row.substr(at + 1) : BytesView();
  return ObjectKey(std::move(key));
}

Bytes encode_order(const Order& order) {
  Bytes out;
  append_big_endian(out, ~order.time.value, 8);
  append_big_endian(out, static_cast<std::uint16_t>(~order.region.get()), 2);
  append_big_endian(out, ~order.partition, 8);
  return out;
}

Order decode_order(BytesView bytes) {
  FS_CHECK(bytes.size() == 18);
  return Order{HybridTime{~read_big_endian(bytes.substr(0, 8))},
               RegionNumber(static_cast<std::uint16_t>(~read_big_endian(bytes.substr(8, 2)))), ~read_big_endian(bytes.substr(10, 8))};
}

Bytes guard_row() { return "g"; }
Bytes head_row(const ObjectKey& key) { return keyed('h', key); }
Bytes version_row(const ObjectKey& key, const Order& order) { return keyed('v', key) + encode_order(order); }
Bytes version_rows(const ObjectKey& key) { return keyed('v', key); }
Bytes alias_row(const ObjectKey& key, const VersionId& id) { return keyed('i', key).append(id.text()); }
Bytes tombstone_row(const ObjectKey& key, const VersionId& id) { return keyed('t', key).append(id.text()); }
Bytes upload_row(const ObjectKey& key, const UploadId& id) { return keyed('u', key) + id.get(); }
Bytes part_rows(const UploadId& id) { return "p" + id.get(); }
Bytes part_row(const UploadId& id, PartNumber part) {
  Bytes row = part_rows(id);
  append_big_endian(row, part.get(), 4);
  return row;
}
Bytes rule_row(const RuleId& id) { return "r" + id.get(); }
Bytes incoming_row(const RuleId& id) { return "q" + id.get(); }
Bytes checkpoint_row(const RuleId& id) { return "c" + id.get(); }
Bytes parked_rows(const RuleId& id) { return ("k" + id.get()).append(1, '\0'); }
Bytes parked_row(const RuleId& id, Sequence sequence) {
  Bytes row = parked_rows(id);
  append_big_endian(row, sequence.get(), 8);
  return row;
}

Bytes prefix_end(BytesView prefix) {
  Bytes end(prefix);
  while (!end.empty() && end.back() == '\xFF') end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

Bytes stream_name(const RuleId& rule, const PartitionId& source) {
  Bytes out = rule.get();
  out += '\0';
  append_big_endian(out, source.bucket.get(), 8);
  append_big_endian(out, source.index, 2);
  return out;
}
Bytes low_water_row(BytesView stream) { return Bytes("w").append(stream); }
Bytes applied_rows(BytesView stream) { return Bytes("a").append(stream); }
Bytes applied_row(BytesView stream, Sequence sequence) {
  Bytes row = applied_rows(stream);
  append_big_endian(row, sequence.get(), 8);
  return row;
}

}  // namespace farshore::storage
