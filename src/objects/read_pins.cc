// SPDX-License-Identifier: Apache-2.0
#include "objects/read_pins.h"

#include <algorithm>

#include "base/check.h"
#include "storage/keys.h"

namespace farshore::objects {

Bytes held_rows() { return "d"; }
Bytes held_row(BlobId blob, const Order& unique, std::size_t number) {
  Bytes row = held_rows();
  storage::append_big_endian(row, blob.get(), 8);
  row += storage::encode_order(unique);
  storage::append_big_endian(row, number, 4);
  return row;
}
BlobId blob_of_held_row(BytesView row) { return BlobId(storage::read_big_endian(row.substr(1, 8))); }

bool ReadPins::pin(BlobId blob) {
  if (releasing_.contains(blob)) return false;
  ++readers_[blob];
  return true;
}

void ReadPins::unpin(BlobId blob) {
  const auto reader = readers_.find(blob);
  FS_CHECK(reader != readers_.end());
  if (--reader->second > 0) return;
  readers_.erase(reader);
  const auto [first, last] = held_.equal_range(blob);
  for (auto held = first; held != last; ++held) due_.push_back(Held{std::move(held->second), blob});
  held_.erase(first, last);
}

ReadPins::Plan ReadPins::prepare(storage::Batch& batch, const Order& unique) {
  Plan plan;
  std::erase_if(batch.blobs, [&](const storage::Batch::BlobChange& change) {
    if (change.use != storage::Batch::BlobUse::kRelease) return false;
    if (!readers_.contains(change.blob)) {
      plan.releasing.push_back(change.blob);
      return false;
    }
    plan.held.push_back(Held{held_row(change.blob, unique, plan.held.size()), change.blob});
    return true;
  });
  const std::size_t count = std::min(due_.size(), kDuePerCommitMax);
  plan.due.assign(due_.end() - static_cast<std::ptrdiff_t>(count), due_.end());
  due_.resize(due_.size() - count);
  for (const Held& held : plan.held) batch.put(held.row, {});
  for (const Held& late : plan.due) {
    batch.erase(late.row);
    batch.release(late.blob);
    plan.releasing.push_back(late.blob);
  }
  releasing_.insert(plan.releasing.begin(), plan.releasing.end());
  return plan;
}

void ReadPins::settle(Plan plan, bool committed, bool maybe) {
  for (const BlobId blob : plan.releasing) releasing_.erase(releasing_.find(blob));
  // What may or may not have been written is left to the next start, which finds the rows that are there.
  if (maybe) return;
  if (!committed) {
    due_.insert(due_.end(), plan.due.begin(), plan.due.end());
    return;
  }
  for (Held& held : plan.held) {
    if (readers_.contains(held.blob)) {
      held_.emplace(held.blob, std::move(held.row));
    } else {
      due_.push_back(std::move(held));
    }
  }
}

}  // namespace farshore::objects
