// SPDX-License-Identifier: Apache-2.0
#include "objects/key_stack.h"

#include "base/check.h"
#include "storage/keys.h"
#include "storage/records.h"

namespace farshore::objects {
namespace {

constexpr std::size_t kPageRows = 64;

bool needs_alias(const Version& version) { return version.id.is_null() || version.id.minted_order() != version.order; }

/// The order a noncurrent row's key ends with.
Order order_of_row(const storage::Row& row) { return storage::decode_order(BytesView(row.key).substr(row.key.size() - 18)); }

}  // namespace

Task<Result<KeyStack>> KeyStack::load(OpContext op, std::shared_ptr<storage::Partition> partition, ObjectKey key) {
  KeyStack stack(std::move(partition), std::move(key));
  CO_TRY(stack.head_row_, co_await stack.partition_->get(op, storage::head_row(stack.key_)));
  if (stack.head_row_) {
    CO_TRY(stack.head_before_, storage::decode_version(stack.head_row_->value));
    stack.head_ = stack.head_before_;
  }
  co_return stack;
}

const Version* KeyStack::current() const { return head_ && head_->kind != VersionKind::kVoid ? &*head_ : nullptr; }

Task<Result<std::optional<Version>>> KeyStack::load_at(OpContext op, Order order) {
  if (const auto slot = slots_.find(order); slot != slots_.end()) co_return slot->second.now;
  CO_TRY(const std::optional<storage::Row> row, co_await partition_->get(op, storage::version_row(key_, order)));
  if (!row) co_return std::optional<Version>();
  CO_TRY(Version version, storage::decode_version(row->value));
  slots_[order] = Slot{version, version};
  co_return std::optional<Version>(std::move(version));
}

Task<Result<std::optional<Version>>> KeyStack::find(OpContext op, VersionId id) {
  if (const Version* head = current(); head != nullptr && head->id == id) co_return *head;
  for (const auto& [order, slot] : slots_) {
    if (slot.now && slot.now->id == id) co_return slot.now;
  }
  if (!id.is_null()) {
    CO_TRY(std::optional<Version> at_home, co_await load_at(op, id.minted_order()));
    if (at_home && at_home->id == id) co_return at_home;
  }
  CO_TRY(const std::optional<storage::Row> alias, co_await partition_->get(op, storage::alias_row(key_, id)));
  if (!alias) co_return std::optional<Version>();
  if (alias->value.size() != storage::encode_order(Order{}).size()) co_return Error(ErrorCode::kCorrupt, "an alias row is malformed");
  CO_TRY(std::optional<Version> aliased, co_await load_at(op, storage::decode_order(alias->value)));
  if (aliased && aliased->id == id) co_return aliased;
  co_return std::optional<Version>();
}

Task<Result<bool>> KeyStack::unmoved(OpContext op) const {
  CO_TRY(const std::optional<storage::Row> now, co_await partition_->get(std::move(op), storage::head_row(key_)));
  co_return now.has_value() == head_row_.has_value() && (!now || now->version == head_row_->version);
}

Task<Result<std::vector<Version>>> KeyStack::at_or_above(OpContext op, Order order) {
  CO_TRY_OK(co_await settle(op));
  std::vector<Version> found;
  const Version* head = current();
  if (head == nullptr || head->order < order) co_return found;
  storage::ScanRange range{storage::version_rows(key_), storage::version_row(key_, order) + '\0', kPageRows};
  for (bool more = true; more;) {
    CO_TRY(const storage::ScanPage page, co_await partition_->scan(op, range));
    for (const storage::Row& row : page.rows) {
      if (slots_.contains(order_of_row(row))) continue;
      CO_TRY(Version version, storage::decode_version(row.value));
      slots_[version.order] = Slot{version, version};
    }
    more = page.more;
    if (more) range.begin = page.rows.back().key + '\0';
  }
  found.push_back(*current());
  for (const auto& [at, slot] : slots_) {
    if (at >= order && slot.now) found.push_back(*slot.now);
  }
  co_return found;
}

Task<Result<void>> KeyStack::settle(OpContext op) {
  if (!vacated_) co_return Result<void>();
  std::optional<Order> newest;
  for (const auto& [order, slot] : slots_) {
    if (slot.now) {
      newest = order;
      break;
    }
  }
  // The first stored row that is not being taken out; rows that are known already are in slots_.
  storage::ScanRange range{storage::version_rows(key_), storage::prefix_end(storage::version_rows(key_)), 4};
  for (bool more = true; more;) {
    CO_TRY(const storage::ScanPage page, co_await partition_->scan(op, range));
    more = page.more;
    for (const storage::Row& row : page.rows) {
      const Order order = order_of_row(row);
      if (slots_.contains(order)) continue;
      if (!newest || order > *newest) {
        CO_TRY(Version version, storage::decode_version(row.value));
        slots_[order] = Slot{version, version};
        newest = order;
      }
      more = false;
      break;
    }
    if (more) range.begin = page.rows.back().key + '\0';
  }
  vacated_.reset();
  if (newest) head_ = std::exchange(slots_[*newest].now, std::nullopt);
  co_return Result<void>();
}

Task<Result<void>> KeyStack::insert(OpContext op, Version version) {
  // Above a head that is being taken out means above everything: what lies below need not be read.
  if (vacated_ && version.order > *vacated_) {
    vacated_.reset();
    head_ = std::move(version);
    co_return Result<void>();
  }
  CO_TRY_OK(co_await settle(op));
  if (!head_ || head_->kind == VersionKind::kVoid) {
    head_ = std::move(version);
  } else if (version.order > head_->order) {
    Slot& demoted = slots_[head_->order];
    demoted.now = std::exchange(head_, std::move(version));
  } else {
    // A replica comes with the order that its source gave it: what is wrong there must not end this process.
    if (version.order == head_->order || slots_[version.order].now) {
      co_return Error(ErrorCode::kProtocolViolation, "another version of the key has the order of this one").with("version", version.id.text());
    }
    slots_[version.order].now = std::move(version);
  }
  co_return Result<void>();
}

void KeyStack::remove(const Version& version, bool release_blobs) {
  if (release_blobs) {
    for (const Piece& piece : version.pieces) released_.push_back(piece.blob);
  }
  if (head_ && head_->order == version.order) {
    vacated_ = head_->order;
    head_.reset();
    return;
  }
  const auto slot = slots_.find(version.order);
  FS_CHECK(slot != slots_.end() && slot->second.now);
  slot->second.now.reset();
}

void KeyStack::update(Version version) {
  if (head_ && head_->order == version.order) {
    head_ = std::move(version);
    return;
  }
  const auto slot = slots_.find(version.order);
  FS_CHECK(slot != slots_.end() && slot->second.now);
  slot->second.now = std::move(version);
}

void KeyStack::leave_void(Version record) {
  FS_CHECK(record.kind == VersionKind::kVoid);
  vacated_.reset();
  head_ = std::move(record);
}

Task<Result<storage::Batch>> KeyStack::plan(OpContext op) {
  CO_TRY_OK(co_await settle(op));
  storage::Batch batch;
  batch.expect_same(storage::head_row(key_), head_row_);
  // Erasures first: an alias that leaves one row may be put again for another.
  for (const auto& [order, slot] : slots_) {
    if (!slot.before || slot.before == slot.now) continue;
    if (needs_alias(*slot.before)) batch.erase(storage::alias_row(key_, slot.before->id));
    if (!slot.now) batch.erase(storage::version_row(key_, order));
  }
  for (const auto& [order, slot] : slots_) {
    if (!slot.now || slot.before == slot.now) continue;
    batch.put(storage::version_row(key_, order), storage::encode_version(*slot.now));
    if (needs_alias(*slot.now)) batch.put(storage::alias_row(key_, slot.now->id), storage::encode_order(order));
  }
  if (head_) {
    batch.put(storage::head_row(key_), storage::encode_version(*head_));
  } else if (head_row_) {
    batch.erase(storage::head_row(key_));
  }
  for (const BlobId blob : released_) batch.release(blob);
  co_return batch;
}

}  // namespace farshore::objects
