// SPDX-License-Identifier: Apache-2.0
#include "objects/list.h"

#include <algorithm>

#include "objects/key_window.h"
#include "storage/keys.h"
#include "storage/records.h"

namespace farshore::objects {

Task<Result<ObjectsPage>> list_objects(OpContext op, BucketRef bucket, ListObjects list) {
  ObjectsPage page;
  if (list.entries_max == 0) co_return page;
  const KeyWindow window('h', list.prefix, list.delimiter);
  storage::ScanRange range{window.behind_marker(list.marker), window.end()};
  std::string last = list.marker;
  std::size_t looked_at = 0;
  bool more = range.begin < range.end;
  while (more) {
    const std::size_t entries = page.objects.size() + page.common_prefixes.size();
    // One row more than is missing tells whether the listing goes on.
    range.rows_max = std::clamp<std::size_t>(list.entries_max - entries + 1, 16, 1000);
    CO_TRY(const storage::ScanPage rows, co_await bucket->partition().scan(op, range));
    more = rows.more;
    for (const storage::Row& row : rows.rows) {
      const bool full = page.objects.size() + page.common_prefixes.size() == list.entries_max;
      range.begin = row.key + '\0';
      CO_TRY(Version version, storage::decode_version(row.value));
      const bool shown = version.kind == VersionKind::kData || version.kind == VersionKind::kSymlink;
      if (shown && (full || looked_at >= kListRowsMax)) {
        page.truncated = true;
        page.next_marker = last;
        co_return page;
      }
      ++looked_at;
      ObjectKey key = storage::unescape_key(BytesView(row.key).substr(1));
      if (!shown) {
        if (looked_at < kListRowsMax) continue;
        page.truncated = true;
        page.next_marker = key.get();
        co_return page;
      }
      if (auto rolled = window.rolled_up(key.get())) {
        range.begin = window.behind_prefix(*rolled);
        last = *rolled;
        page.common_prefixes.push_back(*std::move(rolled));
        more = range.begin < range.end;
        break;  // the rest of these rows may lie under the prefix that is done
      }
      last = key.get();
      page.objects.push_back(ListedObject{std::move(key), std::move(version)});
    }
  }
  co_return page;
}

}  // namespace farshore::objects
