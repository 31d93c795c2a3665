// SPDX-License-Identifier: Apache-2.0
#include "sim/world/sim_disk.h"

namespace farshore::sim {
namespace {

Error gone() { return Error(ErrorCode::kStorageUnavailable, "the simulated disk has failed"); }

void apply_batch(std::map<Bytes, Bytes>& rows, const backend::IndexBatch& batch) {
  batch.for_each([&rows](BytesView key, std::optional<BytesView> value) {
    if (value) {
      rows.insert_or_assign(Bytes(key), Bytes(*value));
    } else {
      rows.erase(Bytes(key));
    }
  });
}

}  // namespace

void SimIndexMedium::lose_unflushed(Random& random) {
  const std::size_t kept = random.below(unflushed.size() + 1);
  for (std::size_t i = 0; i < kept; ++i) apply_batch(durable, unflushed[i]);
  unflushed.clear();
  rows = durable;
}

Result<std::optional<Bytes>> SimIndex::get(BytesView key) {
  if (disk_.stopped()) return gone();
  const auto found = medium_.rows.find(Bytes(key));
  if (found == medium_.rows.end()) return std::nullopt;
  return found->second;
}

std::optional<std::optional<Bytes>> SimIndex::get_cached(BytesView key) {
  if (disk_.stopped() || random_.below(100) < disk_.cold_percent) return std::nullopt;
  return *get(key);
}

Result<backend::IndexPage> SimIndex::scan(const backend::IndexRange& range) {
  if (disk_.stopped()) return gone();
  backend::IndexPage page;
  auto begin = medium_.rows.lower_bound(range.begin);
  auto end = range.end.empty() ? medium_.rows.end() : medium_.rows.lower_bound(range.end);
  if (!range.end.empty() && range.end <= range.begin) return page;
  std::size_t bytes = 0;
  const auto full = [&] { return page.rows.size() >= range.rows_max || (!page.rows.empty() && bytes >= range.bytes_max); };
  while (begin != end) {
    if (full()) {
      page.more = true;
      break;
    }
    const auto& row = range.backwards ? *std::prev(end) : *begin;
    bytes += row.first.size() + row.second.size();
    page.rows.push_back(row);
    if (range.backwards) {
      --end;
    } else {
      ++begin;
    }
  }
  return page;
}

Result<void> SimIndex::write(const backend::IndexBatch& batch) {
  const auto step = disk_.step();
  if (step.takes_effect) {
    apply_batch(medium_.rows, batch);
    medium_.unflushed.push_back(batch);
  }
  return step.goes_on ? Result<void>() : gone();
}

Result<void> SimIndex::flush() {
  const auto step = disk_.step();
  if (step.takes_effect) {
    for (const backend::IndexBatch& batch : medium_.unflushed) apply_batch(medium_.durable, batch);
    medium_.unflushed.clear();
  }
  return step.goes_on ? Result<void>() : gone();
}

}  // namespace farshore::sim
