// SPDX-License-Identifier: Apache-2.0
#include "replication/parked_list.h"

#include <algorithm>

#include "codec/record.h"
#include "crypto/crc64.h"
#include "storage/keys.h"
#include "storage/records.h"

namespace farshore::replication {
namespace {

Bytes encode(const ParkedChange& parked) {
  codec::RecordWriter out;
  out.bytes(1, storage::encode_change(parked.change));
  out.u64(2, parked.sequence.get());
  out.bytes(3, reason_name(parked.reason));
  out.bytes(4, parked.detail);
  out.u64(5, static_cast<std::uint64_t>(parked.committed_millis));
  out.u64(6, static_cast<std::uint64_t>(parked.parked_millis));
  out.u64(7, parked.attempts);
  return std::move(out).take();
}

Reason reason_named(BytesView name) {
#define X(code, text, sentence) \
  if (name == text) return Reason::k##code;
  FS_REPLICATION_REASONS(X)
#undef X
  return Reason::kRefused;
}

Result<ParkedChange> decode(BytesView bytes) {
  ParkedChange parked;
  codec::RecordReader in(bytes);
  while (in.next()) {
    switch (in.field()) {
      case 1: {
        TRY(parked.change, storage::decode_change(in.bytes()));
        break;
      }
      case 2: parked.sequence = Sequence(in.u64()); break;
      case 3: parked.reason = reason_named(in.bytes()); break;
      case 4: parked.detail = in.owned(); break;
      case 5: parked.committed_millis = static_cast<std::int64_t>(in.u64()); break;
      case 6: parked.parked_millis = static_cast<std::int64_t>(in.u64()); break;
      case 7: parked.attempts = static_cast<std::uint32_t>(in.u64()); break;
    }
  }
  if (!in.ok()) return Error(ErrorCode::kCorrupt, "parked change cannot be decoded");
  return parked;
}

bool deletes_null(const Change& change) { return change.kind == ChangeKind::kDeleteVersion && change.version.is_null(); }

}  // namespace

std::uint64_t ParkedList::slot(const LaneItem& item) {
  if (item.sequence.get() != 0) return item.sequence.get();
  Bytes name = item.change.key.get();
  name += '\0';
  name.append(item.change.version.text());
  return crypto::crc64(name) | std::uint64_t{1} << 63;
}

LaneItem ParkedList::item_of(const ParkedChange& parked) {
  LaneItem item;
  item.change = parked.change;
  item.sequence = parked.sequence;
  item.committed = HybridTime::at_millis(parked.committed_millis);
  return item;
}

std::optional<std::int64_t> ParkedList::oldest_millis() const {
  std::optional<std::int64_t> oldest;
  for (const auto& [number, parked] : parked_) oldest = std::min(oldest.value_or(parked.committed_millis), parked.committed_millis);
  return oldest;
}

Task<Result<void>> ParkedList::load(OpContext op) {
  parked_.clear();
  null_deletions_.clear();
  storage::ScanRange range;
  range.begin = storage::parked_rows(rule_);
  range.end = storage::prefix_end(range.begin);
  for (bool more = true; more;) {
    CO_TRY(const auto page, co_await partition_.scan(op, range));
    for (const auto& row : page.rows) {
      CO_TRY(auto parked, decode(row.value));
      const std::uint64_t number = storage::read_big_endian(BytesView(row.key).substr(row.key.size() - 8));
      if (deletes_null(parked.change)) null_deletions_.emplace(parked.change.key.get(), number);
      parked_.emplace(number, std::move(parked));
    }
    more = page.more;
    if (more) range.begin = page.rows.back().key + '\0';
  }
  co_return Result<void>();
}

Task<Result<void>> ParkedList::park(OpContext op, const LaneItem item, Reason reason, std::string detail, std::int64_t now_millis) {
  const std::uint64_t number = slot(item);
  ParkedChange parked;
  if (const auto found = parked_.find(number); found != parked_.end()) {
    parked = found->second;
  } else {
    parked.change = item.change;
    parked.sequence = item.sequence;
    parked.committed_millis = item.sequence.get() == 0 ? now_millis : item.committed.millis();
    parked.parked_millis = now_millis;
  }
  parked.reason = reason;
  constexpr std::size_t kDetailBytesMax = 512;
  parked.detail = detail.substr(0, kDetailBytesMax);
  ++parked.attempts;
  storage::Batch batch;
  batch.put(storage::parked_row(rule_, Sequence(number)), encode(parked));
  const auto done = co_await partition_.commit(op, std::move(batch));
  if (!done) co_return done.error();
  if (deletes_null(parked.change)) null_deletions_.emplace(parked.change.key.get(), number);
  parked_[number] = std::move(parked);
  co_return Result<void>();
}

Task<Result<void>> ParkedList::settle(OpContext op, const LaneItem item) {
  const std::uint64_t number = slot(item);
  if (!parked_.contains(number)) co_return Result<void>();
  storage::Batch batch;
  batch.erase(storage::parked_row(rule_, Sequence(number)));
  const auto done = co_await partition_.commit(op, std::move(batch));
  if (!done) co_return done.error();
  forget(number);
  co_return Result<void>();
}

bool ParkedList::may_be_overtaking(const Change& later) const {
  const auto first = null_deletions_.lower_bound({later.key.get(), 0});
  return first != null_deletions_.end() && first->first == later.key.get();
}

Task<Result<void>> ParkedList::overtaken(OpContext op, const Change later) {
  std::vector<std::uint64_t> numbers;
  for (auto at = null_deletions_.lower_bound({later.key.get(), 0}); at != null_deletions_.end() && at->first == later.key.get(); ++at) {
    if (parked_.at(at->second).change.order < later.order) numbers.push_back(at->second);
  }
  if (numbers.empty()) co_return Result<void>();
  storage::Batch batch;
  for (const std::uint64_t number : numbers) batch.erase(storage::parked_row(rule_, Sequence(number)));
  const auto done = co_await partition_.commit(op, std::move(batch));
  if (!done) co_return done.error();
  for (const std::uint64_t number : numbers) forget(number);
  co_return Result<void>();
}

void ParkedList::forget(std::uint64_t number) {
  const auto found = parked_.find(number);
  if (found == parked_.end()) return;
  null_deletions_.erase({found->second.change.key.get(), number});
  parked_.erase(found);
}

}  // namespace farshore::replication
