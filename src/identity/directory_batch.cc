// SPDX-License-Identifier: Apache-2.0
// Encoding of batches (to the home) and changes (from the home).
//
//   batch    := { 1: expectation*, 2: mutation* }
//   expectation := { 1: key, 2: version; absent if the row must be }
//   mutation := { 1: key, 2: entry; absent to erase }
//   change   := { 1: sequence, 2: epoch, 3: committed millis, 4: mutation*, 5: epoch of the change before }
#include "identity/directory_batch.h"

#include "codec/record.h"

namespace farshore::identity {
namespace {

using codec::RecordReader;
using codec::RecordWriter;

RecordWriter encode_mutation(const DirectoryBatch::Mutation& mutation) {
  RecordWriter out;
  out.bytes(1, mutation.key);
  if (mutation.entry) out.bytes(2, *mutation.entry);
  return out;
}

bool read_mutation(BytesView bytes, std::vector<DirectoryBatch::Mutation>& out) {
  DirectoryBatch::Mutation mutation;
  RecordReader in(bytes);
  while (in.next()) {
    if (in.field() == 1) mutation.key = in.owned();
    if (in.field() == 2) mutation.entry = in.owned();
  }
  out.push_back(std::move(mutation));
  return in.ok();
}

bool read_expectation(BytesView bytes, std::vector<DirectoryBatch::Expectation>& out) {
  DirectoryBatch::Expectation expectation;
  RecordReader in(bytes);
  while (in.next()) {
    if (in.field() == 1) expectation.key = in.owned();
    if (in.field() == 2) expectation.version = DirectorySequence(in.u64());
  }
  out.push_back(std::move(expectation));
  return in.ok();
}

}  // namespace

Bytes encode_directory_batch(const DirectoryBatch& batch) {
  RecordWriter out;
  for (const auto& expectation : batch.expectations) {
    RecordWriter nested;
    nested.bytes(1, expectation.key);
    if (expectation.version) nested.u64(2, expectation.version->get());
    out.record(1, nested);
  }
  for (const auto& mutation : batch.mutations) out.record(2, encode_mutation(mutation));
  return std::move(out).take();
}

Result<DirectoryBatch> decode_directory_batch(BytesView bytes) {
  DirectoryBatch batch;
  bool whole = true;
  RecordReader in(bytes);
  while (in.next()) {
    if (in.field() == 1) whole = read_expectation(in.bytes(), batch.expectations) && whole;
    if (in.field() == 2) whole = read_mutation(in.bytes(), batch.mutations) && whole;
  }
  if (!in.ok() || !whole) return Error(ErrorCode::kCorrupt, "a directory batch is not a record");
  return batch;
}

Bytes encode_directory_change(const DirectoryChange& change) {
  RecordWriter out;
  out.u64(1, change.sequence.get());
  out.u64(2, change.epoch);
  out.u64(3, static_cast<std::uint64_t>(change.committed_millis));
  for (const auto& mutation : change.mutations) out.record(4, encode_mutation(mutation));
  out.u64(5, change.previous_epoch);
  return std::move(out).take();
}

Result<DirectoryChange> decode_directory_change(BytesView bytes) {
  DirectoryChange change;
  bool whole = true;
  RecordReader in(bytes);
  while (in.next()) {
    switch (in.field()) {
      case 1: change.sequence = DirectorySequence(in.u64()); break;
      case 2: change.epoch = in.u64(); break;
      case 3: change.committed_millis = static_cast<std::int64_t>(in.u64()); break;
      case 4: whole = read_mutation(in.bytes(), change.mutations) && whole; break;
      case 5: change.previous_epoch = in.u64(); break;
    }
  }
  if (!in.ok() || !whole || change.sequence.get() == 0) return Error(ErrorCode::kCorrupt, "a directory change is not a record");
  return change;
}

}  // namespace farshore::identity
