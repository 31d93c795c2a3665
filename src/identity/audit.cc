// SPDX-License-Identifier: Apache-2.0
// The ring of audit records.
#include "identity/audit.h"

#include <algorithm>

#include "codec/record.h"
#include "storage/keys.h"

namespace farshore::identity {
namespace {

constexpr char kClass = 'y';
constexpr std::size_t kSlotSize = 4;

Bytes slot_row(std::uint64_t number, std::uint32_t records_max) {
  Bytes key(1, kClass);
  storage::append_big_endian(key, number % records_max, kSlotSize);
  return key;
}

Bytes encode_record(const AuditRecord& record) {
  codec::RecordWriter out;
  out.u64(1, record.number);
  out.u64(2, static_cast<std::uint64_t>(record.millis));
  out.bytes(3, record.request);
  out.bytes(4, record.action);
  out.bytes(5, record.principal);
  out.bytes(6, record.account);
  out.bytes(7, record.resource);
  out.bytes(8, record.outcome);
  out.bytes(9, record.source_ip);
  return std::move(out).take();
}

Result<AuditRecord> decode_record(BytesView bytes) {
  AuditRecord record;
  codec::RecordReader in(bytes);
  while (in.next()) {
    switch (in.field()) {
      case 1: record.number = in.u64(); break;
      case 2: record.millis = static_cast<std::int64_t>(in.u64()); break;
      case 3: record.request = in.owned(); break;
      case 4: record.action = in.owned(); break;
      case 5: record.principal = in.owned(); break;
      case 6: record.account = in.owned(); break;
      case 7: record.resource = in.owned(); break;
      case 8: record.outcome = in.owned(); break;
      case 9: record.source_ip = in.owned(); break;
    }
  }
  if (!in.ok()) return Error(ErrorCode::kCorrupt, "an audit record is not a record");
  return record;
}

}  // namespace

Task<Result<void>> AuditTrail::load(OpContext op) {
  storage::ScanRange range{Bytes(1, kClass), Bytes(1, kClass + 1)};
  for (bool more = true; more;) {
    CO_TRY(storage::ScanPage page, co_await region_->scan(op, range));
    for (const storage::Row& row : page.rows) {
      CO_TRY(const AuditRecord record, decode_record(row.value));
      next_ = std::max(next_, record.number + 1);
    }
    more = page.more && !page.rows.empty();
    if (more) range.begin = page.rows.back().key + '\0';
  }
  co_return Result<void>();
}

Task<Result<void>> AuditTrail::write(OpContext op, AuditRecord record) {
  record.number = next_++;
  record.millis = runtime_.clock.now().millis();
  record.request = op.request_id();
  runtime_.log.info("audit.call", {{"request", record.request},
                                   {"action", record.action},
                                   {"principal", record.principal},
                                   {"resource", record.resource},
                                   {"outcome", record.outcome},
                                   {"source_ip", record.source_ip}});
  storage::Batch batch;
  batch.put(slot_row(record.number, settings_.records_max), encode_record(record));
  CO_TRY_OK(co_await region_->commit(op, std::move(batch)));
  co_return Result<void>();
}

Task<Result<std::vector<AuditRecord>>> AuditTrail::recent(OpContext op, std::size_t records_max) {
  std::vector<AuditRecord> records;
  const std::uint64_t held = std::min<std::uint64_t>(next_ - 1, settings_.records_max);
  for (std::uint64_t back = 0; back < held && records.size() < records_max; ++back) {
    CO_TRY(const auto row, co_await region_->get(op, slot_row(next_ - 1 - back, settings_.records_max)));
    if (!row) continue;
    CO_TRY(AuditRecord record, decode_record(row->value));
    records.push_back(std::move(record));
  }
  co_return records;
}

}  // namespace farshore::identity
