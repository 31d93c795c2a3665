// SPDX-License-Identifier: Apache-2.0
#include "backend/local/row_cache.h"

#include <functional>
#include <new>
#include <utility>

namespace farshore::backend {
namespace {

constexpr std::size_t kBucketsMin = 64;
/// A row may take this share of the cache; larger ones are rare and cost little beside what is read after them.
constexpr std::size_t kShareMax = 64;

}  // namespace

RowCache::RowCache(OrderedIndex& index, std::size_t bytes_max, Metrics& metrics)
    : index_(index),
      bytes_max_(bytes_max),
      buckets_(kBucketsMin),
      hits_(metrics.counter("farshore_backend_row_cache_hits_total", "Index rows found in memory")),
      misses_(metrics.counter("farshore_backend_row_cache_misses_total", "Index rows that had to be looked up")),
      size_gauge_(metrics.gauge("farshore_backend_row_cache_bytes", "Memory held by index rows that are read often")) {}

void RowCache::Destroy::operator()(Entry* entry) const {
  entry->~Entry();
  ::operator delete(entry);
}

RowCache::Owned RowCache::Entry::make(BytesView key, const std::optional<Bytes>& stored) {
  const BytesView value = stored ? BytesView(*stored) : BytesView();
  void* memory = ::operator new(sizeof(Entry) + key.size() + value.size());
  Owned entry(new (memory) Entry);
  entry->hash = std::hash<BytesView>()(key);
  entry->key_size = static_cast<std::uint32_t>(key.size());
  entry->value_size = static_cast<std::uint32_t>(value.size());
  entry->present = stored.has_value();
  char* bytes = static_cast<char*>(memory) + sizeof(Entry);
  key.copy(bytes, key.size());
  value.copy(bytes + key.size(), value.size());
  return entry;
}

RowCache::Owned& RowCache::slot(std::size_t hash, BytesView key) {
  Owned* at = &buckets_[hash & (buckets_.size() - 1)];
  while (*at && ((*at)->hash != hash || (*at)->key() != key)) at = &(*at)->next;
  return *at;
}

std::optional<std::optional<Bytes>> RowCache::look_up(BytesView key) {
  if (const auto& found = slot(std::hash<BytesView>()(key), key)) {
    hits_.add();
    found->asked = true;
    return found->present ? std::optional<Bytes>(found->value()) : std::optional<Bytes>();
  }
  misses_.add();
  auto stored = index_.get_cached(key);
  if (stored) keep(key, *stored);
  return stored;
}

void RowCache::keep(BytesView key, const std::optional<Bytes>& stored) {
  Owned entry = Entry::make(key, stored);
  if (entry->cost() > bytes_max_ / kShareMax) return;
  make_room(entry->cost());
  if (size_ >= buckets_.size()) grow();
  bytes_ += entry->cost();
  ++size_;
  entry->append_to(order_);
  slot(entry->hash, entry->key()) = std::move(entry);
  size_gauge_.set(static_cast<double>(bytes_));
}

void RowCache::forget(BytesView key) {
  Owned& place = slot(std::hash<BytesView>()(key), key);
  if (!place) return;
  bytes_ -= place->cost();
  --size_;
  const Owned gone = std::exchange(place, std::move(place->next));
}

void RowCache::replace(BytesView key, const Bytes& stored) {
  forget(key);
  keep(key, stored);
}

void RowCache::clear() {
  // Chain by chain: a chain that destroys itself would recurse.
  while (order_.linked()) forget(static_cast<Entry*>(order_.next())->key());
  size_gauge_.set(0);
}

void RowCache::make_room(std::size_t cost) {
  while (bytes_ + cost > bytes_max_) {
    auto* oldest = static_cast<Entry*>(order_.next());
    if (std::exchange(oldest->asked, false)) {
      oldest->append_to(order_);
    } else {
      forget(oldest->key());
    }
  }
}

void RowCache::grow() {
  std::vector<Owned> before(buckets_.size() * 2);
  before.swap(buckets_);
  for (Owned& chain : before) {
    while (chain) {
      Owned entry = std::exchange(chain, std::move(chain->next));
      Owned& bucket = buckets_[entry->hash & (buckets_.size() - 1)];
      entry->next = std::move(bucket);
      bucket = std::move(entry);
    }
  }
}

}  // namespace farshore::backend
