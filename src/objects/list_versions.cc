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
    const Version* head = stack.current();
    if (head == nullptr) co_return Result<void>();
    if (head->order < order) {
      head_from_ = storage::head_row(key);
      noncurrent_from_ = storage::version_rows(key);
    } else {
      noncurrent_from_ = storage::version_row(key, order) + '\0';
      last_head_key_ = key;
      last_head_id_ = head->id;
    }
    co_return Result<void>();
  }

  /// Reads a page of each class and takes what both cover. Noncurrent rows are read first: a head row that was written
  /// later tells that its key changed in between, and that key is read again by itself.
  Task<Result<void>> advance(OpContext op) {
    const Sequence before = bucket_->partition().last_sequence();
    CO_TRY(storage::ScanPage below, co_await page_from(op, noncurrent_from_, noncurrent_.end()));
    CO_TRY(storage::ScanPage above, co_await page_from(op, head_from_, heads_.end()));
    const bool more_below = below.more;
    const bool more_above = above.more;
    CO_TRY(std::deque<Entry> noncurrent, entries_of(std::move(below)));
    CO_TRY(std::deque<Entry> heads, entries_of(std::move(above)));
    // Only keys that both pages cover to their end can be merged.
    const Bytes covered_below = more_below ? noncurrent.back().place : Bytes();
    const Bytes covered_above = more_above ? heads.back().place : Bytes();
    while (!noncurrent.empty() || !heads.empty()) {
      if (heads.empty() || (!noncurrent.empty() && noncurrent.front().place < heads.front().place)) {
        const bool uncovered = more_above && heads.empty() && noncurrent.front().place > covered_above;
        if (uncovered && noncurrent.front().key != last_head_key_) co_return Result<void>();
        Entry entry = std::move(noncurrent.front());
        noncurrent.pop_front();
        noncurrent_from_ = 'v' + entry.place + '\0';
        // Rows without their head: the key was deleted while we read, or belongs to a head that was given already.
        if (entry.key != last_head_key_ || entry.version.id == last_head_id_) continue;
        if (!take(std::move(entry), false)) co_return Result<void>();
      } else {
        if (more_below && noncurrent.empty() && heads.front().place > covered_below) co_return Result<void>();
        Entry entry = std::move(heads.front());
        heads.pop_front();
        head_from_ = 'h' + entry.place + '\0';
        last_head_key_ = entry.key;
        last_head_id_ = entry.version.id;
        if (entry.version.kind == VersionKind::kVoid) {
          if (!pass(entry)) co_return Result<void>();
          continue;
        }
        if (entry.row_version > before) {
          while (!noncurrent.empty() && noncurrent.front().key == entry.key) noncurrent.pop_front();
          CO_TRY(const bool go_on, co_await take_changed_key(op, std::move(entry)));
          if (!go_on) co_return Result<void>();
          continue;
        }
        if (!take(std::move(entry), true)) co_return Result<void>();
      }
      if (skipped_) {
        skipped_ = false;
        co_return Result<void>();  // positions jumped: the rest of these pages may lie behind them
      }
    }
    if (!more_below && !more_above) done_ = true;
    co_return Result<void>();
  }

  Task<Result<storage::ScanPage>> page_from(OpContext op, Bytes from, Bytes end) {
    if (from >= end) co_return storage::ScanPage();
    storage::ScanRange range{std::move(from), std::move(end), std::min(kPageRows, list_.entries_max + 1)};
    co_return co_await bucket_->partition().scan(op, std::move(range));
  }

  /// A key whose head changed while its rows were being read: its whole stack at one moment.
  Task<Result<bool>> take_changed_key(OpContext op, Entry head) {
    noncurrent_from_ = noncurrent_.behind_key(head.key.get());
    CO_TRY(const AsyncMutex::Guard lock, co_await bucket_->lock(op, head.key.get()));
    CO_TRY(KeyStack stack, co_await KeyStack::load(op, bucket_->shared_partition(), head.key));
    CO_TRY(const std::vector<Version> versions, co_await stack.at_or_above(op, Order{}));
    bool newest = true;
    for (const Version& version : versions) {
      if (!take(Entry{{}, head.key, version, {}}, std::exchange(newest, false))) co_return false;
    }
    skipped_ = true;
    co_return true;
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
  std::optional<ObjectKey> last_head_key_;
  std::optional<VersionId> last_head_id_;
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
