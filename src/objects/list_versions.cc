// SPDX-License-Identifier: Apache-2.0
// The listing of all versions merges head rows and noncurrent rows, which sort alike by key.
#include <algorithm>
#include <deque>

#include "objects/key_stack.h"
#include "objects/key_window.h"
#include "objects/list.h"
#include "storage/keys.h"
#include "storage/records.h"

namespace farshore::objects {
namespace {

constexpr std::size_t kPageRows = 500;

/// A row of class h or v, with its class cut off: rows of both classes compare by key, then by order.
struct Entry {
  Bytes place;  ///< row key behind the class byte
  ObjectKey key;
  Version version;
  Sequence row_version;
};

Result<std::deque<Entry>> entries_of(storage::ScanPage page) {
  std::deque<Entry> entries;
  for (storage::Row& row : page.rows) {
    TRY(Version version, storage::decode_version(row.value));
    entries.push_back(Entry{row.key.substr(1), storage::unescape_key(BytesView(row.key).substr(1)), std::move(version), row.version});
  }
  return entries;
}

/// Collects entries until the page is full or the listing has looked at enough.
class VersionsLister {
 public:
  VersionsLister(BucketRef bucket, ListVersions list)
      : bucket_(std::move(bucket)), list_(std::move(list)), heads_('h', list_.prefix, list_.delimiter), noncurrent_('v', list_.prefix, list_.delimiter) {}

  Task<Result<VersionsPage>> run(OpContext op) {
    if (list_.entries_max == 0) co_return page_;
    CO_TRY_OK(co_await start(op));
    while (!done_) CO_TRY_OK(co_await advance(op));
    co_return std::move(page_);
  }

 private:
  /// Where the listing stands inside the versions of a key.
  struct Inside {
    ObjectKey key;
    std::optional<Order> below;  ///< nothing: before the newest
  };

  /// Sets both positions behind the markers.
  Task<Result<void>> start(OpContext op) {
    head_from_ = heads_.behind_marker(list_.key_marker);
    noncurrent_from_ = noncurrent_.behind_marker(list_.key_marker);
    page_.next_key_marker = list_.key_marker;
    page_.next_version_id_marker = list_.version_id_marker;
    const bool inside_key = !list_.key_marker.empty() && list_.version_id_marker && heads_.rolled_up(list_.key_marker) != list_.key_marker;
    if (!inside_key) co_return Result<void>();
    const ObjectKey key(list_.key_marker);
    const VersionId id = *list_.version_id_marker;
    CO_TRY(KeyStack stack, co_await KeyStack::load(op, bucket_->shared_partition(), key));
    CO_TRY(const std::optional<Version> version, co_await stack.find(op, id));
    if (!version && id.is_null()) co_return Result<void>();
    // A version that went meanwhile still says where it stood, as long as it had not been raised.
    const Order order = version ? version->order : id.minted_order();
    inside_ = Inside{key, order};
    co_return Result<void>();
  }

  /// Reads a page of each class and takes what both cover. Noncurrent rows are read first: a head row that was written
  /// later tells that its key changed in between, and that key is then read under its lock.
  Task<Result<void>> advance(OpContext op) {
    if (inside_) co_return co_await go_on_inside(op);
    const Sequence before = bucket_->partition().last_sequence();
    CO_TRY(storage::ScanPage below, co_await page_from(op, noncurrent_from_, noncurrent_.end()));
    CO_TRY(storage::ScanPage above, co_await page_from(op, head_from_, heads_.end()));
    const bool more_below = below.more;
    const bool more_above = above.more;
    CO_TRY(std::deque<Entry> noncurrent, entries_of(std::move(below)));
    CO_TRY(std::deque<Entry> heads, entries_of(std::move(above)));
    const Bytes covered_below = more_below ? noncurrent.back().place : Bytes();
    for (; !heads.empty(); heads.pop_front()) {
      const Entry& head = heads.front();
      // Behind what the noncurrent page covers, it is not known whether the key has noncurrent versions.
      if (more_below && head.place > covered_below) co_return Result<void>();
      while (!noncurrent.empty() && noncurrent.front().place < head.place) noncurrent.pop_front();  // keys deleted meanwhile
      head_from_ = 'h' + head.place + '\0';
      if (head.version.kind == VersionKind::kVoid) {
        if (!pass(head)) co_return Result<void>();
        continue;
      }
      if (head.row_version > before) {
        inside_ = Inside{head.key, std::nullopt};
        co_return Result<void>();
      }
      if (!take(head, true) || jumped()) co_return Result<void>();
      for (; !noncurrent.empty() && noncurrent.front().key == head.key; noncurrent.pop_front()) {
        if (!take(noncurrent.front(), false)) co_return Result<void>();
        if (noncurrent.size() == 1 && more_below) {
          inside_ = Inside{head.key, noncurrent.front().version.order};
          co_return Result<void>();
        }
      }
      noncurrent_from_ = noncurrent_.behind_key(head.key.get());
    }
    if (!more_above) done_ = true;
    co_return Result<void>();
  }

  /// Takes the versions of one key from a known place on. The key's lock keeps them where they are meanwhile, so that
  /// none slips from the noncurrent rows into the head unseen.
  Task<Result<void>> go_on_inside(OpContext op) {
    const Inside at = *inside_;
    CO_TRY(AsyncMutex::Guard lock, co_await bucket_->lock(op, at.key.get()));
    CO_TRY(const KeyStack stack, co_await KeyStack::load(op, bucket_->shared_partition(), at.key));
    const Bytes from = at.below ? storage::version_row(at.key, *at.below) + '\0' : storage::version_rows(at.key);
    CO_TRY(storage::ScanPage rows, co_await page_from(op, from, noncurrent_.behind_key(at.key.get())));
    lock.unlock();
    const bool more = rows.more;
    CO_TRY(const std::deque<Entry> noncurrent, entries_of(std::move(rows)));
    const Version* head = stack.current();
    if (head != nullptr && (!at.below || head->order < *at.below)) {
      if (!take(Entry{{}, at.key, *head, {}}, true) || jumped()) co_return Result<void>();
    }
    for (const Entry& entry : noncurrent) {
      if (!take(entry, false)) co_return Result<void>();
    }
    if (more) {
      inside_->below = noncurrent.back().version.order;
      co_return Result<void>();
    }
    inside_.reset();
    head_from_ = heads_.behind_key(at.key.get());
    noncurrent_from_ = noncurrent_.behind_key(at.key.get());
    co_return Result<void>();
  }

  /// True once after a common prefix was taken: the positions are behind it, and what was read may lie before them.
  bool jumped() {
    if (skipped_) inside_.reset();
    return std::exchange(skipped_, false);
  }

  Task<Result<storage::ScanPage>> page_from(OpContext op, Bytes from, Bytes end) {
    if (from >= end) co_return storage::ScanPage();
    storage::ScanRange range{std::move(from), std::move(end), std::min(kPageRows, list_.entries_max + 1)};
    co_return co_await bucket_->partition().scan(op, std::move(range));
  }

  /// Counts a hidden row. False when the listing has looked at enough.
  bool pass(const Entry& entry) {
    if (++looked_at_ <= kListRowsMax) return true;
    page_.truncated = true;
    page_.next_key_marker = entry.key.get();
    page_.next_version_id_marker.reset();
    done_ = true;
    return false;
  }

  /// False when the listing ends here.
  bool take(Entry entry, bool is_latest) {
    const bool full = page_.versions.size() + page_.common_prefixes.size() == list_.entries_max;
    if (full || ++looked_at_ > kListRowsMax) {
      page_.truncated = true;
      done_ = true;
      return false;
    }
    page_.next_key_marker = entry.key.get();
    page_.next_version_id_marker = entry.version.id;
    if (auto rolled = heads_.rolled_up(entry.key.get())) {
      head_from_ = heads_.behind_prefix(*rolled);
      noncurrent_from_ = noncurrent_.behind_prefix(*rolled);
      page_.next_key_marker = *rolled;
      page_.next_version_id_marker.reset();
      page_.common_prefixes.push_back(*std::move(rolled));
      skipped_ = true;
      return true;
    }
    page_.versions.push_back(ListedVersion{std::move(entry.key), std::move(entry.version), is_latest});
    return true;
  }

  BucketRef bucket_;
  ListVersions list_;
  KeyWindow heads_;
  KeyWindow noncurrent_;
  Bytes head_from_;
  Bytes noncurrent_from_;
  std::optional<Inside> inside_;
  std::size_t looked_at_ = 0;
  bool skipped_ = false;
  bool done_ = false;
  VersionsPage page_;
};

}  // namespace

Task<Result<VersionsPage>> list_versions(OpContext op, BucketRef bucket, ListVersions list) {
  VersionsLister lister(std::move(bucket), std::move(list));
  co_return co_await lister.run(op);
}

}  // namespace farshore::objects
