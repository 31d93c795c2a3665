// SPDX-License-Identifier: Apache-2.0
// DirectoryBatch: what a directory operation expects and changes; DirectoryChange: what the home made of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "identity/directory_rows.h"
#include "runtime/op_context.h"
#include "runtime/task.h"

namespace farshore::identity {

/// Decided in any region against its own copy, checked and committed at home: all of it or nothing.
struct DirectoryBatch {
  struct Expectation {
    Bytes key;
    std::optional<DirectorySequence> version;  ///< nothing: the row must be absent
    friend bool operator==(const Expectation&, const Expectation&) = default;
  };
  struct Mutation {
    Bytes key;
    std::optional<Bytes> entry;  ///< an encoded entry; nothing: erase
    friend bool operator==(const Mutation&, const Mutation&) = default;
  };
  void expect_absent(Bytes key) { expectations.push_back({std::move(key), std::nullopt}); }
  void expect_version(Bytes key, std::optional<DirectorySequence> version) { expectations.push_back({std::move(key), version}); }
  void put(Bytes key, Bytes entry) { mutations.push_back({std::move(key), std::move(entry)}); }
  void erase(Bytes key) { mutations.push_back({std::move(key), std::nullopt}); }

  std::vector<Expectation> expectations;
  std::vector<Mutation> mutations;
  friend bool operator==(const DirectoryBatch&, const DirectoryBatch&) = default;
};

/// One committed change as the journal holds it and followers apply it, verbatim and in order.
struct DirectoryChange {
  DirectorySequence sequence;
  std::uint64_t epoch = 0;           ///< of the home that made it
  std::int64_t committed_millis = 0;
  std::vector<DirectoryBatch::Mutation> mutations;
  std::uint64_t previous_epoch = 0;  ///< of the change before it: a copy that diverged before a promotion does not fit; 0: not said
  friend bool operator==(const DirectoryChange&, const DirectoryChange&) = default;
};

Bytes encode_directory_batch(const DirectoryBatch& batch);
Result<DirectoryBatch> decode_directory_batch(BytesView bytes);
Bytes encode_directory_change(const DirectoryChange& change);
Result<DirectoryChange> decode_directory_change(BytesView bytes);

/// Port: takes a batch to the home region and gives the sequence of its commit there.
///
/// Errors  kExpectationFailed, detail "sequence" is the home's: catch up to it, decide again
///         kHomeUnavailable: the home cannot be reached; with Effect::kMaybeApplied if the batch may have arrived
class DirectoryWriter {
 public:
  virtual ~DirectoryWriter() = default;
  virtual Task<Result<DirectorySequence>> submit(OpContext op, DirectoryBatch batch) = 0;
};

}  // namespace farshore::identity
