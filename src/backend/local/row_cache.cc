// SPDX-License-Identifier: Apache-2.0
#include "backend/local/row_cache.h"

namespace farshore::backend {

RowCache::RowCache(OrderedIndex& index, std::size_t bytes_max, Metrics& metrics)
    : index_(index),
      ring_(bytes_max),
      hits_(metrics.counter("farshore_backend_row_cache_hits_total", "Index rows found in memory")),
      misses_(metrics.counter("farshore_backend_row_cache_misses_total", "Index rows that had to be looked up")),
      size_gauge_(metrics.gauge("farshore_backend_row_cache_bytes", "Memory held by index rows that are read often")) {}

std::optional<std::optional<Bytes>> RowCache::look_up(BytesView key) {
  if (const auto found = ring_.find(key)) {
    hits_.add();
    return *found ? std::optional<Bytes>(**found) : std::optional<Bytes>();
  }
  misses_.add();
  auto stored = index_.get_cached(key);
  if (stored) keep(key, *stored);
  return stored;
}

void RowCache::keep(BytesView key, const std::optional<Bytes>& stored) {
  ring_.put(key, stored ? RowRing::Value(*stored) : RowRing::Value());
  size_gauge_.set(static_cast<double>(ring_.bytes()));
}

void RowCache::forget(BytesView key) { ring_.erase(key); }

void RowCache::replace(BytesView key, const Bytes& stored) {
  forget(key);
  keep(key, stored);
}

void RowCache::clear() {
  ring_.clear();
  size_gauge_.set(0);
}

}  // namespace farshore::backend
