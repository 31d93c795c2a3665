// SPDX-License-Identifier: Apache-2.0
// Every stored record against arbitrary bytes: no crash, what was read can be written and read again, fields of a newer program are
// skipped, a newer format is refused.
//
//   input := which(1) more-fields bytes
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "codec/record.h"
#include "fuzz/input.h"
#include "identity/directory_rows.h"
#include "objects/upload_record.h"
#include "replication/checkpoint.h"
#include "replication/staging.h"
#include "storage/record_fields.h"
#include "storage/records.h"

namespace {

using namespace farshore;

/// Fields of numbers that no record has: what a newer program may have added.
Bytes newer_fields(fuzz::Input& input) {
  codec::RecordWriter out;
  for (std::size_t count = input.below(4); count > 0; --count) {
    const auto field = static_cast<std::uint32_t>(200 + input.number() % 100000);
    if (input.flag()) {
      out.u64(field, input.number());
    } else {
      out.bytes(field, input.text(20));
    }
  }
  return std::move(out).take();
}

/// The first writing normalises (defaults go, unknown fields go), so the second must give the same bytes.
template <class Value, class Same>
void check(fuzz::Input& input, Bytes (*encode)(const Value&), Result<Value> (*decode)(BytesView), Same same, bool formatted) {
  const Bytes newer = newer_fields(input);
  const BytesView bytes = input.rest();
  const auto value = decode(bytes);
  if (!value) {
    FS_CHECK(value.error().code() == ErrorCode::kCorrupt);
    return;
  }
  const Bytes written = encode(*value);
  const auto again = decode(written);
  FS_CHECK(again.has_value() && same(*again, *value) && encode(*again) == written);
  // An older program reads what a newer one wrote, before and behind the fields it knows.
  for (const Bytes& newest : {written + newer, newer + written}) {
    const auto skipped = decode(newest);
    FS_CHECK(skipped.has_value() && same(*skipped, *value));
  }
  if (!formatted) return;
  codec::RecordWriter format;
  format.u64(storage::kFormatField, storage::kFormat + 1);
  FS_CHECK(!decode(written + format.view()).has_value());
}

template <class Value>
void check(fuzz::Input& input, Bytes (*encode)(const Value&), Result<Value> (*decode)(BytesView), bool formatted) {
  check(input, encode, decode, [](const Value& a, const Value& b) { return a == b; }, formatted);
}

template <class Entry>
void check_entry(fuzz::Input& input) {
  check<Entry>(input, [](const Entry& entry) { return identity::encode(entry); }, [](BytesView bytes) { return identity::decode_entry<Entry>(bytes); }, false);
}

void check_stamped(fuzz::Input& input) {
  const auto value = identity::decode_stamped(input.rest());
  if (!value) return;
  const auto again = identity::decode_stamped(identity::encode_stamped(value->version, value->entry));
  FS_CHECK(again.has_value() && again->version == value->version && again->entry == value->entry);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace storage;
  fuzz::Input input(bytes, size);
  switch (input.below(19)) {
    case 0: check(input, &encode_version, &decode_version, true); break;
    case 1: check(input, &encode_change, &decode_change, true); break;
    case 2: check(input, &encode_settings, &decode_settings, true); break;
    case 3: check(input, &encode_rule, &decode_rule, true); break;
    case 4: check(input, &encode_incoming, &decode_incoming, true); break;
    case 5: check(input, &objects::encode_upload, &objects::decode_upload, false); break;
    case 6: check(input, &objects::encode_part, &objects::decode_part, false); break;
    case 7: check(input, &replication::encode_checkpoint, &replication::decode_checkpoint, false); break;
    case 8: {
      const auto same = [](const replication::TransferHeader& a, const replication::TransferHeader& b) {
        return a.sealing == b.sealing && a.started_millis == b.started_millis;
      };
      check(input, &replication::encode_transfer, &replication::decode_transfer, same, false);
      break;
    }
    case 9: {
      const auto same = [](const replication::StagedPiece& a, const replication::StagedPiece& b) { return a.piece == b.piece && a.crc64 == b.crc64; };
      check(input, &replication::encode_staged, &replication::decode_staged, same, false);
      break;
    }
    case 10: check_entry<identity::AccountEntry>(input); break;
    case 11: check_entry<identity::UserEntry>(input); break;
    case 12: check_entry<identity::AccessKeyEntry>(input); break;
    case 13: check_entry<identity::RoleEntry>(input); break;
    case 14: check_entry<identity::PolicyEntry>(input); break;
    case 15: check_entry<identity::AttachmentEntry>(input); break;
    case 16: check_entry<identity::BucketEntry>(input); break;
    case 17: check_entry<identity::MintingKeyEntry>(input); break;
    default: check_stamped(input); break;
  }
  return 0;
}
