// SPDX-License-Identifier: Apache-2.0
// The keys of rows sort as what they stand for and are read back; values of the index are exactly what was written.
//
//   input := group(1) ...
#include <cstdint>
#include <string>

#include "backend/local/index_rows.h"
#include "base/check.h"
#include "fuzz/input.h"
#include "storage/keys.h"

namespace {

using namespace farshore;

int sign(int value) { return (value > 0) - (value < 0); }

Order take_order(fuzz::Input& input) {
  return Order{HybridTime{input.number()}, RegionNumber(static_cast<std::uint16_t>(input.number())), input.number()};
}

void check_keys(fuzz::Input& input) {
  const ObjectKey a{std::string(input.text())};
  const ObjectKey b{std::string(input.text())};
  BytesView rest;
  const Order order = take_order(input);
  const Order other = take_order(input);
  const Bytes row = storage::version_row(a, order);
  FS_CHECK(storage::unescape_key(BytesView(row).substr(1), &rest) == a);
  FS_CHECK(rest.size() == 18 && storage::decode_order(rest) == order);
  // The rows of one key are not interrupted by those of another, and newer ones come first.
  FS_CHECK(sign(storage::head_row(a).compare(storage::head_row(b))) == sign(a.get().compare(b.get())));
  if (a.get() != b.get()) {
    FS_CHECK(sign(row.compare(storage::version_row(b, other))) == sign(a.get().compare(b.get())));
  } else if (order.time != other.time) {
    FS_CHECK((row < storage::version_row(b, other)) == (order.time > other.time));
  }
  FS_CHECK(row.starts_with(storage::version_rows(a)));
  const Bytes end = storage::prefix_end(storage::version_rows(a));
  FS_CHECK(row < end && (a.get() == b.get() || !storage::version_row(b, other).starts_with(storage::version_rows(a))));
}

void check_ids(fuzz::Input& input) {
  const Order order = take_order(input);
  const VersionId id = VersionId::mint(order);
  const auto again = VersionId::parse(id.text());
  FS_CHECK(again.has_value() && *again == id && id.minted_order() == order && id.text().size() == 32);
  const Order other = take_order(input);
  if (order.time > other.time) FS_CHECK(id.text() < VersionId::mint(other).text());
  if (const auto parsed = VersionId::parse(input.rest())) {
    FS_CHECK(parsed->is_null() || VersionId::mint(parsed->minted_order()) == *parsed);
  }
}

/// Any bytes as the key of a row, as a damaged index may give them.
void check_damaged_key(fuzz::Input& input) {
  const BytesView bytes = input.rest();
  BytesView rest;
  const ObjectKey key = storage::unescape_key(bytes, &rest);
  FS_CHECK(key.get().size() <= bytes.size() && rest.size() <= bytes.size());
  BytesView nothing;
  FS_CHECK(storage::unescape_key(storage::escape_key(key.get()), &nothing) == key && nothing.empty());
}

void check_prefix(fuzz::Input& input) {
  const BytesView prefix = input.text();
  const BytesView row = input.rest();
  const Bytes end = storage::prefix_end(prefix);
  const bool inside = row >= prefix && (end.empty() || row < end);
  FS_CHECK(inside == row.starts_with(prefix) || (end.empty() && !row.starts_with(prefix)));
}

void check_partition(fuzz::Input& input) {
  const PartitionId a{BucketId(input.number()), static_cast<std::uint16_t>(input.number())};
  const PartitionId b{BucketId(input.number()), static_cast<std::uint16_t>(input.number())};
  const Sequence here(input.number());
  const Sequence there(input.number());
  FS_CHECK((a < b) == (backend::partition_prefix(a) < backend::partition_prefix(b)));
  FS_CHECK(backend::journal_sequence(backend::journal_key(a, here)) == here);
  FS_CHECK((here < there) == (backend::journal_key(a, here) < backend::journal_key(a, there)));
  FS_CHECK(backend::blob_of_key(backend::blob_key(BlobId(here.get()))).get() == here.get());
  FS_CHECK(backend::segment_of_key(backend::segment_key(there.get())) == there.get());
}

template <class Value>
void check_value(BytesView bytes, Result<Value> (*parse)(BytesView), Bytes (*encode)(const Value&), bool exact = true) {
  const auto value = parse(bytes);
  if (!value) {
    FS_CHECK(value.error().code() == ErrorCode::kCorrupt);
    return;
  }
  const Bytes again = encode(*value);
  FS_CHECK(exact ? again == bytes : again.size() <= bytes.size());
  FS_CHECK(parse(again).has_value() && encode(*parse(again)) == again);
}

void check_values(fuzz::Input& input) {
  const std::size_t kind = input.below(6);
  const BytesView bytes = input.rest();
  switch (kind) {
    case 0: check_value<backend::PartitionState>(bytes, backend::parse_state, backend::encode_state); break;
    case 1: check_value<backend::BlobRow>(bytes, backend::parse_blob, backend::encode_blob, false); break;  // varints may be overlong
    case 2: check_value<backend::SegmentUsage>(bytes, backend::parse_segment, backend::encode_segment); break;
    case 3: check_value<backend::Applied>(bytes, backend::parse_applied, backend::encode_applied); break;
    case 4: {
      const auto number = backend::parse_number(bytes);
      if (number) FS_CHECK(backend::encode_number(*number) == bytes);
      break;
    }
    default: {
      const auto row = backend::parse_row("k", Bytes(bytes));
      FS_CHECK(row.has_value() == (bytes.size() >= 8));
      if (row) FS_CHECK(row->value == bytes.substr(8) && backend::stored_version(bytes) == row->version);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  switch (input.below(6)) {
    case 0: check_keys(input); break;
    case 1: check_ids(input); break;
    case 2: check_damaged_key(input); break;
    case 3: check_prefix(input); break;
    case 4: check_partition(input); break;
    default: check_values(input); break;
  }
  return 0;
}
