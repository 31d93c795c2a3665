// SPDX-License-Identifier: Apache-2.0
// The two or three ways in which every directory operation builds its batch.
#pragma once

#include <utility>

#include "identity/directory_store.h"

namespace farshore::identity {

/// What the `decide` of DirectoryStore::change gives.
template <class T>
using Decided = DirectoryStore::Decided<T>;

/// For operations that answer nothing.
struct Done {};

/// The row must still be as the view has it.
inline void expect_seen(DirectoryBatch& batch, const Directory& view, const Bytes& key) { batch.expect_version(key, view.version(key)); }

/// Adds a row that must not be there.
template <class Entry>
void add_row(DirectoryBatch& batch, const Bytes& key, const Entry& entry) {
  batch.expect_absent(key);
  batch.put(key, encode(entry));
}

/// Replaces a row that must still be as the view has it.
template <class Entry>
void replace_row(DirectoryBatch& batch, const Directory& view, const Bytes& key, const Entry& entry) {
  expect_seen(batch, view, key);
  batch.put(key, encode(entry));
}

/// Erases a row that must still be as the view has it.
inline void erase_row(DirectoryBatch& batch, const Directory& view, const Bytes& key) {
  expect_seen(batch, view, key);
  batch.erase(key);
}

/// Drops the value of a change that answers nothing.
inline Result<void> nothing(Result<Done> done) {
  if (!done) return std::move(done).error();
  return {};
}

}  // namespace farshore::identity
